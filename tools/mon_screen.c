/* tools/mon_screen.c - crm_mon: a terminal that is written anywhere on it (ncurses).  Layer 6. */
#include "config.h"

#include "tools/mon_priv.h"

#if HAVE_NCURSES

#include <curses.h>
#include <locale.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { CTRL_L = 'L' & 0x1f, ESCAPE_MS = 25 };

struct cox_mon_screen {
    SCREEN *terminal;
    char **lines; /* of the text, at least one */
    int n_lines, top; /* top: the first that is shown */
};

struct cox_mon_screen *
cox_mon_screen_new(void)
{
    struct cox_mon_screen *screen = NULL;
    SCREEN *terminal = NULL;

    (void) setlocale(LC_CTYPE, "");
    if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) {
        terminal = newterm(NULL, stdout, stdin);
    }
    if (terminal != NULL && tigetstr("cup") == NULL) { /* it cannot be written anywhere */
        (void) endwin();
        delscreen(terminal);
        terminal = NULL;
    }
    if (terminal == NULL) {
        return NULL;
    }
    screen = g_new0(struct cox_mon_screen, 1);
    screen->terminal = terminal;
    (void) cbreak();
    (void) noecho();
    (void) nodelay(stdscr, TRUE);
    (void) keypad(stdscr, TRUE);
    (void) curs_set(0);
    (void) set_escdelay(ESCAPE_MS);
    cox_mon_screen_show(screen, "Waiting for the state of the cluster ...");
    return screen;
}

void
cox_mon_screen_free(struct cox_mon_screen *screen)
{
    if (screen != NULL) {
        (void) endwin();
        delscreen(screen->terminal);
        g_strfreev(screen->lines);
        g_free(screen);
    }
}

static void
draw(struct cox_mon_screen *screen)
{
    screen->top = MAX(MIN(screen->top, screen->n_lines - LINES), 0);
    (void) erase();
    for (int i = 0; i < LINES && screen->top + i < screen->n_lines; i++) {
        (void) mvaddnstr(i, 0, screen->lines[screen->top + i], COLS);
    }
    (void) refresh();
}

void
cox_mon_screen_show(struct cox_mon_screen *screen, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);

    g_strfreev(screen->lines);
    screen->lines = g_strsplit(valid, "\n", -1);
    screen->n_lines = (int) g_strv_length(screen->lines);
    while (screen->n_lines > 0 && screen->lines[screen->n_lines - 1][0] == '\0') {
        screen->n_lines--;
    }
    draw(screen);
}

static void
draw_all(struct cox_mon_screen *screen)
{
    (void) clearok(stdscr, TRUE);
    draw(screen);
}

void
cox_mon_screen_resize(struct cox_mon_screen *screen)
{
    struct winsize size = { 0 };

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0) {
        (void) resize_term(size.ws_row, size.ws_col); /* not resizeterm: that makes a key of it, too */
    }
    draw_all(screen);
}

/* false: the key does not scroll. */
static bool
scroll_by(struct cox_mon_screen *screen, int key)
{
    switch (key) {
    case KEY_UP:
        screen->top--;
        break;
    case KEY_DOWN:
        screen->top++;
        break;
    case KEY_PPAGE:
        screen->top -= LINES;
        break;
    case KEY_NPAGE:
        screen->top += LINES;
        break;
    case KEY_HOME:
        screen->top = 0;
        break;
    case KEY_END:
        screen->top = screen->n_lines;
        break;
    default:
        return false;
    }
    draw(screen);
    return true;
}

int
cox_mon_screen_key(struct cox_mon_screen *screen)
{
    int key = getch();

    while (key != ERR) {
        if (key == CTRL_L) {
            draw_all(screen);
        } else if (!scroll_by(screen, key)) {
            return key;
        }
        key = getch();
    }
    return 0;
}

#else

struct cox_mon_screen *
cox_mon_screen_new(void)
{
    return NULL;
}

void
cox_mon_screen_free(struct cox_mon_screen *screen)
{
    (void) screen;
}

void
cox_mon_screen_show(struct cox_mon_screen *screen, const char *text)
{
    (void) screen;
    (void) text;
}

int
cox_mon_screen_key(struct cox_mon_screen *screen)
{
    (void) screen;
    return 0;
}

void
cox_mon_screen_resize(struct cox_mon_screen *screen)
{
    (void) screen;
}

#endif
