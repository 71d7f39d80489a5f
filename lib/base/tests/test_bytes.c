/* lib/base/tests/test_bytes.c - messages are read as they were written, and never beyond their end. */
#include "base/testkit.h"

#include "base/bytes.h"

static void
what_was_written_is_read(void **state)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    struct cox_bytes_reader in;
    const guint8 *blob = NULL;
    size_t size = 0;
    char text[8];

    (void) state;
    cox_bytes_put_u8(out, 0xfe);
    cox_bytes_put_u32(out, 0x01020304);
    cox_bytes_put_u64(out, G_MAXUINT64 - 1);
    cox_bytes_put_blob(out, "a\0b", 3);
    cox_bytes_put_blob(out, NULL, 0);
    cox_bytes_put_text(out, "seven77");
    assert_int_equal(out->data[1], 4);

    cox_bytes_reader_init(&in, out->data, out->len);
    assert_int_equal(cox_bytes_get_u8(&in), 0xfe);
    assert_int_equal(cox_bytes_get_u32(&in), 0x01020304);
    assert_true(cox_bytes_get_u64(&in) == G_MAXUINT64 - 1);
    blob = cox_bytes_get_blob(&in, 3, &size);
    assert_int_equal(size, 3);
    assert_memory_equal(blob, "a\0b", 3);
    assert_non_null(cox_bytes_get_blob(&in, 0, &size));
    assert_int_equal(size, 0);
    assert_false(cox_bytes_reader_is_done(&in));
    cox_bytes_get_text(&in, text, sizeof(text));
    assert_string_equal(text, "seven77");
    assert_true(cox_bytes_reader_is_done(&in));
}

static void
every_shortened_message_is_bad(void **state)
{
    g_autoptr(GByteArray) out = g_byte_array_new();

    (void) state;
    cox_bytes_put_u32(out, 1);
    cox_bytes_put_text(out, "abc");
    cox_bytes_put_u64(out, 2);
    for (guint length = 0; length < out->len; length++) {
        struct cox_bytes_reader in;
        char text[8];

        cox_bytes_reader_init(&in, out->data, length);
        (void) cox_bytes_get_u32(&in);
        cox_bytes_get_text(&in, text, sizeof(text));
        (void) cox_bytes_get_u64(&in);
        assert_true(in.is_bad);
        assert_false(cox_bytes_reader_is_done(&in));
        assert_int_equal(cox_bytes_get_u8(&in), 0);
    }
}

static void
too_long_and_zeros_in_text_are_bad(void **state)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    struct cox_bytes_reader in;
    char text[4];

    (void) state;
    cox_bytes_put_text(out, "four");
    cox_bytes_reader_init(&in, out->data, out->len);
    cox_bytes_get_text(&in, text, sizeof(text));
    assert_true(in.is_bad);
    assert_string_equal(text, "");

    g_byte_array_set_size(out, 0);
    cox_bytes_put_blob(out, "a\0b", 3);
    cox_bytes_reader_init(&in, out->data, out->len);
    cox_bytes_get_text(&in, text, sizeof(text));
    assert_true(in.is_bad);
}

/* The check value of RFC 3720 appendix B.4, and the empty one. */
static void
checksums_are_the_published_ones(void **state)
{
    guint8 zeros[32] = { 0 };

    (void) state;
    assert_true(cox_bytes_crc32c(0, "123456789", 9) == 0xe3069283);
    assert_true(cox_bytes_crc32c(0, zeros, sizeof(zeros)) == 0x8a9136aa);
    assert_true(cox_bytes_crc32c(cox_bytes_crc32c(0, "1234", 4), "56789", 5) == 0xe3069283);
    assert_true(cox_bytes_fnv(COX_BYTES_FNV, "", 0) == COX_BYTES_FNV);
    assert_true(cox_bytes_fnv(COX_BYTES_FNV, "a", 1) == G_GUINT64_CONSTANT(0xaf63dc4c8601ec8c));
}

COX_TEST_MAIN(cmocka_unit_test(what_was_written_is_read), cmocka_unit_test(every_shortened_message_is_bad),
              cmocka_unit_test(too_long_and_zeros_in_text_are_bad), cmocka_unit_test(checksums_are_the_published_ones))
