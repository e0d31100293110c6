#include "phone/line_input.h"

#include <editline/readline.h>
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES 65536
#define PROMPT "> "

/* libedit's line handler has no argument of ours, so the one terminal of a process is static. */
static struct {
    sip_watch *watch;
    bool editing;
    void (*on_line)(const char *line, void *arg);
    void *arg;
    size_t len;
    bool skipping; /* the rest of a line that was too long */
    char buffer[LINE_BYTES];
} input;

static void end_input(void)
{
    void (*on_line)(const char *line, void *arg) = input.on_line;

    line_input_stop();
    if (on_line != NULL) {
        on_line(NULL, input.arg);
    }
}

static void on_edited(char *line)
{
    if (line == NULL) {
        end_input();
        return;
    }
    if (*line != '\0') {
        add_history(line);
    }
    input.on_line(line, input.arg);
    free(line);
    if (input.watch != NULL) {
        /* libedit leaves its raw mode with each line, and would wait for the whole of the next. */
        rl_callback_handler_install(PROMPT, on_edited);
    }
}

/* The prompt goes to standard error: with --json the other has nothing but events. */
static void start_editing(void)
{
    if (setlocale(LC_CTYPE, "") == NULL || MB_CUR_MAX == 1) {
        (void)setlocale(LC_CTYPE, "C.UTF-8"); /* SIP's text is UTF-8, whatever the terminal's */
    }
    rl_outstream = stderr;
    rl_catch_signals = 0; /* the loop has them */
    using_history();
    rl_callback_handler_install(PROMPT, on_edited);
}

static bool is_shown(void)
{
    return input.editing && input.watch != NULL;
}

void line_input_hide(void)
{
    if (is_shown()) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
}

void line_input_show(void)
{
    if (is_shown()) {
        rl_forced_update_display();
    }
}

/* Hands out the whole lines that the buffer holds and keeps the rest. */
static void give_lines(void)
{
    char *from = input.buffer, *end;

    while (input.on_line != NULL &&
           (end = memchr(from, '\n', (size_t)(input.buffer + input.len - from))) != NULL) {
        *end = '\0';
        if (end > from && end[-1] == '\r') {
            end[-1] = '\0';
        }
        if (!input.skipping) {
            input.on_line(from, input.arg);
        }
        input.skipping = false;
        from = end + 1;
    }
    input.len = (size_t)(input.buffer + input.len - from);
    memmove(input.buffer, from, input.len);
    if (input.len == LINE_BYTES - 1) {
        input.skipping = true;
        input.len = 0;
    }
}

/* False at the end of input. */
static bool read_some(void)
{
    ssize_t n = read(STDIN_FILENO, input.buffer + input.len, LINE_BYTES - 1 - input.len);

    if (n < 0) {
        return errno == EAGAIN || errno == EINTR;
    }
    input.len += (size_t)n;
    if (n == 0 && input.len > 0) { /* a last line without its end */
        input.buffer[input.len++] = '\n';
    }
    give_lines();
    return n > 0;
}

static void on_readable(unsigned ready, void *arg)
{
    (void)ready, (void)arg;
    if (input.editing) {
        rl_callback_read_char();
    } else if (!read_some()) {
        end_input();
    }
}

int line_input_start(sip_loop *loop, void (*on_line)(const char *line, void *arg), void *arg)
{
    int err;

    input.on_line = on_line;
    input.arg = arg;
    input.editing = isatty(STDIN_FILENO) != 0 && isatty(STDERR_FILENO) != 0;
    err = sip_loop_watch(loop, STDIN_FILENO, SIP_LOOP_READ, on_readable, NULL, &input.watch);
    if (err == SIP_EIO && !input.editing) { /* a file or /dev/null cannot be watched, nor blocks */
        while (read_some()) {
        }
        end_input();
        return 0;
    }
    if (err == 0 && input.editing) {
        start_editing();
    }
    return err;
}

void line_input_stop(void)
{
    if (is_shown()) {
        line_input_hide();
        rl_callback_handler_remove();
    }
    sip_watch_stop(input.watch);
    input.watch = NULL;
    input.on_line = NULL;
}
