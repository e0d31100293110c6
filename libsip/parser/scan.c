#include "parser/scan.h"

#include "parser/cursor.h"

#ifdef SIP_PORTABLE
#define scan_stop sip__scan_stop_portable
#else
#define scan_stop sip__scan_stop_sse2
#endif

struct scan {
    const char *start;
    const char *at;
    const char *end;
};

static enum sip__scan_end bad_at(struct scan *scan, const char *byte)
{
    scan->at = byte;
    return SIP__SCAN_BAD;
}

/** Take the line end at scan->at, which is CR or LF. True stands in *ret_end only if the bytes did
 * not suffice. */
static bool take_line_end(struct scan *scan, enum sip__scan_end *ret_end)
{
    if (*scan->at == '\r') {
        if (scan->at + 1 == scan->end) {
            *ret_end = SIP__SCAN_MORE;
            return false;
        }
        if (scan->at[1] != '\n') {
            *ret_end = SIP__SCAN_BAD;
            return false;
        }
        scan->at++;
    }
    scan->at++;
    return true;
}

/** Take "token *WS ':'". BLANK means that all is well. */
static enum sip__scan_end take_name(struct scan *scan, struct sip__scan_line *line)
{
    const char *at = scan->at;

    while (at < scan->end && sip__is_char(*at, SIP__CHAR_TOKEN)) {
        at++;
    }
    line->name = (uint32_t)(scan->at - scan->start);
    line->name_len = (uint32_t)(at - scan->at);
    while (at < scan->end && (*at == ' ' || *at == '\t') && line->name_len > 0) {
        at++;
    }
    if (at == scan->end) {
        return SIP__SCAN_MORE;
    }
    if (*at != ':' || line->name_len == 0) {
        return bad_at(scan, at);
    }
    scan->at = at + 1;
    return SIP__SCAN_BLANK;
}

static void set_value(const struct scan *scan, struct sip__scan_line *line, const char *from,
                      const char *to)
{
    while (from < to && sip__is_char(*from, SIP__CHAR_SPACE)) {
        from++;
    }
    while (to > from && sip__is_char(to[-1], SIP__CHAR_SPACE)) {
        to--;
    }
    line->value = (uint32_t)(from - scan->start);
    line->value_len = (uint32_t)(to - from);
}

/** Take the value with all the lines that it is folded over. BLANK means that all is well. */
static enum sip__scan_end take_value(struct scan *scan, struct sip__scan_line *line)
{
    const char *from = scan->at;
    enum sip__scan_end end = SIP__SCAN_BLANK;

    line->folded = false;
    for (;;) {
        const char *stop = scan_stop(scan->at, scan->end);

        if (stop == scan->end) {
            return SIP__SCAN_MORE;
        }
        if (*stop == '\0') {
            return bad_at(scan, stop);
        }
        scan->at = stop;
        if (!take_line_end(scan, &end)) {
            return end;
        }
        if (scan->at == scan->end || (*scan->at != ' ' && *scan->at != '\t')) {
            set_value(scan, line, from, stop);
            return SIP__SCAN_BLANK;
        }
        line->folded = true;
    }
}

static enum sip__scan_end scan_lines(struct scan *scan, struct sip__scan_line *lines,
                                     size_t max_lines, struct sip__scan_result *result)
{
    enum sip__scan_end end = SIP__SCAN_BLANK;

    for (;;) {
        struct sip__scan_line line;

        result->next = (size_t)(scan->at - scan->start);
        if (scan->at == scan->end) {
            return SIP__SCAN_MORE;
        }
        if (*scan->at == '\r' || *scan->at == '\n') {
            if (!take_line_end(scan, &end)) {
                return end;
            }
            result->next = (size_t)(scan->at - scan->start);
            return SIP__SCAN_BLANK;
        }
        if (result->n_lines == max_lines) {
            return SIP__SCAN_FULL;
        }
        end = take_name(scan, &line);
        if (end == SIP__SCAN_BLANK) {
            end = take_value(scan, &line);
        }
        if (end != SIP__SCAN_BLANK) {
            return end;
        }
        lines[result->n_lines++] = line;
    }
}

size_t sip__scan_headers(const char *ptr, size_t len, size_t from, struct sip__scan_line *lines,
                         size_t max_lines, struct sip__scan_result *ret_result)
{
    struct sip__scan_result result = {0};
    struct scan scan;

    if (len == 0 || from >= len) {
        result.end = SIP__SCAN_MORE;
        result.next = len;
        *ret_result = result;
        return 0;
    }
    scan = (struct scan){ptr, ptr + from, ptr + len};
    result.end = scan_lines(&scan, lines, max_lines, &result);
    if (result.end == SIP__SCAN_BAD) {
        result.bad = (size_t)(scan.at - ptr);
    }
    *ret_result = result;
    return result.n_lines;
}

size_t sip__scan_line_end(const char *ptr, size_t len, size_t from)
{
    const char *at;

    if (from >= len) {
        return len;
    }
    at = ptr + from;
    for (;;) {
        at = scan_stop(at, ptr + len);
        if (at == ptr + len || *at == '\n') {
            return (size_t)(at - ptr);
        }
        at++;
    }
}
