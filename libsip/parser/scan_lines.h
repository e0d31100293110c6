/* The scan of header lines, made twice: with words and with vectors. They differ in how they take
 * the lines that are plain, and these are nearly all. */
#ifndef SIP_PARSER_SCAN_LINES_H
#define SIP_PARSER_SCAN_LINES_H

#include "parser/cursor.h"
#include "parser/header_names.h"
#include "parser/scan.h"

/**
 * Take a line as most are: a name of ours, its colon, at most one space, a value of one line
 * without white space about it, CRLF, and then a byte that begins another line or ends the headers.
 * Others may be refused.
 *
 * @param start  what the offsets in *line count from
 * @return behind the line, or NULL
 */
typedef const char *(*sip__scan_plain)(const char *start, const char *at, const char *end,
                                       struct sip__scan_line *line);

/* A vector of CR and one of ':'. They are not where they are used: there the compiler would see the
 * number and make the vector of it for every line. */
extern const char sip__scan_returns[32] __attribute__((visibility("hidden")));
extern const char sip__scan_colons[32] __attribute__((visibility("hidden")));

/* Each way is inlined as a whole: a call for each line would cost as much as the line. */
#define SIP__SCAN_INLINE static inline __attribute__((always_inline))

struct sip__scan {
    const char *start;
    const char *at;
    const char *end;
};

static inline enum sip__scan_end sip__scan_bad_at(struct sip__scan *scan, const char *byte)
{
    scan->at = byte;
    return SIP__SCAN_BAD;
}

/** Take the line end at scan->at, which is CR or LF. BLANK means that all is well. */
static inline enum sip__scan_end sip__scan_line_break(struct sip__scan *scan)
{
    if (*scan->at == '\r') {
        if (scan->at + 1 == scan->end) {
            return SIP__SCAN_MORE;
        }
        if (scan->at[1] != '\n') {
            return SIP__SCAN_BAD;
        }
        scan->at++;
    }
    scan->at++;
    return SIP__SCAN_BLANK;
}

/** Take "token *WS ':'". BLANK means that all is well. */
static inline enum sip__scan_end sip__scan_name(struct sip__scan *scan, struct sip__scan_line *line)
{
    const char *at = scan->at;

    while (at < scan->end && sip__is_char(*at, SIP__CHAR_TOKEN)) {
        at++;
    }
    line->name_len = (uint32_t)(at - scan->at);
    while (at < scan->end && (*at == ' ' || *at == '\t') && line->name_len > 0) {
        at++;
    }
    if (at == scan->end) {
        return SIP__SCAN_MORE;
    }
    if (*at != ':' || line->name_len == 0) {
        return sip__scan_bad_at(scan, at);
    }
    line->id = (uint8_t)sip_header_id_of((sip_str){scan->at, line->name_len});
    scan->at = at + 1;
    return SIP__SCAN_BLANK;
}

static inline bool sip__scan_is_stop(char c)
{
    return c == '\r' || c == '\n' || c == '\0';
}

/** Take the value with all the lines that it is folded over; it ends at *ret_stop. BLANK means that
 * all is well. */
static inline enum sip__scan_end sip__scan_value(struct sip__scan *scan,
                                                 struct sip__scan_line *line, const char **ret_stop)
{
    line->folded = false;
    for (;;) {
        const char *stop = scan->at;
        enum sip__scan_end end;

        /* NUL may stand in a quoted string, behind a backslash (RFC 4475 3.1.1.2). */
        while (stop < scan->end && (!sip__scan_is_stop(*stop) ||
                                    (*stop == '\0' && stop > scan->at && stop[-1] == '\\'))) {
            stop++;
        }
        if (stop == scan->end) {
            return SIP__SCAN_MORE;
        }
        if (*stop == '\0') {
            return sip__scan_bad_at(scan, stop);
        }
        scan->at = stop;
        end = sip__scan_line_break(scan);
        if (end != SIP__SCAN_BLANK) {
            return end;
        }
        if (scan->at == scan->end || (*scan->at != ' ' && *scan->at != '\t')) {
            *ret_stop = stop;
            return SIP__SCAN_BLANK;
        }
        line->folded = true;
    }
}

/** Take any line, byte by byte. BLANK means that all is well. */
static enum sip__scan_end sip__scan_any_line(struct sip__scan *scan, struct sip__scan_line *line)
{
    enum sip__scan_end end;
    const char *from, *to;

    line->name = (uint32_t)(scan->at - scan->start);
    end = sip__scan_name(scan, line);
    if (end != SIP__SCAN_BLANK) {
        return end;
    }
    from = scan->at;
    end = sip__scan_value(scan, line, &to);
    if (end != SIP__SCAN_BLANK) {
        return end;
    }
    while (from < to && sip__is_char(*from, SIP__CHAR_SPACE)) {
        from++;
    }
    while (to > from && sip__is_char(to[-1], SIP__CHAR_SPACE)) {
        to--;
    }
    line->value = (uint32_t)(from - scan->start);
    line->value_len = (uint32_t)(to - from);
    return SIP__SCAN_BLANK;
}

/** Take the lines; scan->at is left behind the blank line, or at the byte that is bad. */
SIP__SCAN_INLINE enum sip__scan_end sip__scan_lines(struct sip__scan *scan,
                                                    struct sip__scan_line *lines, size_t max_lines,
                                                    struct sip__scan_result *result,
                                                    sip__scan_plain plain)
{
    struct sip__scan_line *line = lines;
    const char *at = scan->at;
    enum sip__scan_end end;

    for (;; line++) {
        const char *next =
            line < lines + max_lines ? plain(scan->start, at, scan->end, line) : NULL;

        if (next == NULL) {
            scan->at = at;
            if (at == scan->end || *at == '\r' || *at == '\n') {
                end = at == scan->end ? SIP__SCAN_MORE : sip__scan_line_break(scan);
                at = end == SIP__SCAN_BLANK ? scan->at : at;
                break;
            }
            end = line < lines + max_lines ? sip__scan_any_line(scan, line) : SIP__SCAN_FULL;
            if (end != SIP__SCAN_BLANK) {
                break;
            }
            result->folded = result->folded || line->folded;
            next = scan->at;
        }
        at = next;
    }
    result->n_lines = (size_t)(line - lines);
    result->next = (size_t)(at - scan->start);
    return end;
}

/** sip__scan_headers() in one of the ways. */
SIP__SCAN_INLINE size_t sip__scan_headers_by(const char *ptr, size_t len, size_t from,
                                             struct sip__scan_line *lines, size_t max_lines,
                                             struct sip__scan_result *ret_result,
                                             sip__scan_plain plain)
{
    struct sip__scan_result result = {.end = SIP__SCAN_MORE, .next = len};
    struct sip__scan scan;

    if (from < len) {
        scan = (struct sip__scan){ptr, ptr + from, ptr + len};
        result.end = sip__scan_lines(&scan, lines, max_lines, &result, plain);
        if (result.end == SIP__SCAN_BAD) {
            result.bad = (size_t)(scan.at - ptr);
        }
    }
    *ret_result = result;
    return result.n_lines;
}

#endif
