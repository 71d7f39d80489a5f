/* cts/fuzz/mutatesched.c - libFuzzer: change and cross documents by their elements, for targets that want valid ones.  Layer 6. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "mutatecib.h"
#include "xml/xmldoc.h"
#include "xml/xmlwrite.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2, uint8_t *out,
                                 size_t max_out_size, unsigned seed);

static const char beginning[]
    = "<cib validate-with='pacemaker-3.9' admin_epoch='0' epoch='1' num_updates='0'><configuration><crm_config>"
      "<cluster_property_set id='o'/></crm_config><nodes><node id='1' uname='n1'/><node id='2' uname='n2'/></nodes><resources/>"
      "<constraints/></configuration><status><node_state id='1' uname='n1' in_ccm='true' crmd='online' join='member'"
      " expected='member'><lrm id='1'><lrm_resources/></lrm></node_state></status></cib>";

static struct cox_xmldoc *
parse(const uint8_t *data, size_t size)
{
    static const struct cox_xml_limits limits = { .bytes = 65536, .depth = 64, .nodes = 4000 };

    return cox_xmldoc_parse_text((const char *) data, size, &limits, NULL);
}

/* @return how much was written; 0 when it does not fit */
static size_t
write_to(const struct cox_xml *root, uint8_t *out, size_t max_size)
{
    g_autofree char *text = cox_xmlwrite_text(root, COX_XMLWRITE_PLAIN);
    size_t size = strlen(text);

    if (size > max_size) {
        return 0;
    }
    memcpy(out, text, size);
    return size;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    g_autoptr(cox_xmldoc) doc = parse(data, size);
    size_t written;

    if (doc == NULL && size < 16) {
        doc = parse((const uint8_t *) beginning, strlen(beginning));
    } else if (doc == NULL || g_rand_int_range(rand, 0, 40) == 0) {
        return LLVMFuzzerMutate(data, size, max_size);
    }
    for (int i = g_rand_int_range(rand, 0, 6); i >= 0; i--) {
        mutatecib_step(cox_xmldoc_root(doc), rand);
    }
    written = write_to(cox_xmldoc_root(doc), data, max_size);
    return written > 0 ? written : size;
}

size_t
LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2, uint8_t *out,
                          size_t max_out_size, unsigned seed)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    g_autoptr(cox_xmldoc) doc = parse(data1, size1);
    g_autoptr(cox_xmldoc) other = parse(data2, size2);

    if (doc == NULL || other == NULL) {
        return 0;
    }
    mutatecib_cross(cox_xmldoc_root(doc), cox_xmldoc_root(other), rand);
    return write_to(cox_xmldoc_root(doc), out, max_out_size);
}
