/* The scan of header lines, made for each way. They differ in how they take the lines that are
 * plain, and these are nearly all. */
#ifndef SIP_PARSER_SCAN_LINES_H
#define SIP_PARSER_SCAN_LINES_H

#include "parser/cursor.h"
#include "parser/header_names.h"
#include "parser/scan.h"

/**
 * Take a line as most are: a name of ours, its colon, at most one space, a value of one line
 * without white space about it, CRLF. Others may be refused. That the next line does not fold this
 * one is seen when that is looked at.
 *
 * @param start  what the offsets in *line count from
 * @return behind the line, or NULL
 */
typedef const char *(*sip__scan_plain)(const char *start, const char *at,
                                       struct sip__scan_line *line);

/* Vectors of one byte. They are not where they are used: there the compiler would see the number
 * and make the vector of it each time. */
extern const char sip__scan_returns[32] __attribute__((visibility("hidden")));
extern const char sip__scan_colons[32] __attribute__((visibility("hidden")));
extern const char sip__scan_quotes[32] __attribute__((visibility("hidden")));
extern const char sip__scan_backslashes[32] __attribute__((visibility("hidden")));
extern const char sip__scan_deletes[32] __attribute__((visibility("hidden")));
extern const char sip__scan_spaces[32] __attribute__((visibility("hidden")));
extern const char sip__scan_low_halves[32] __attribute__((visibility("hidden"))); /* 15 */

/* Each way is inlined as a whole: a call for each line would cost as much as the line. */
#define SIP__SCAN_INLINE static inline __attribute__((always_inline))

struct sip__scan {
    const char *start, *at, *end;
    const char *next; /* where the first line begins that is not stored */
    struct sip__scan_line *lines, *line, *last;
    bool folded;
};

static inline struct sip__scan sip__scan_of(const char *ptr, size_t len, size_t from,
                                            struct sip__scan_line *lines, size_t max_lines)
{
    return (struct sip__scan){.start = ptr,
                              .at = ptr + from,
                              .end = ptr + len,
                              .lines = lines,
                              .line = lines,
                              .last = lines + max_lines};
}

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

/** NUL may stand in a quoted string, behind a backslash that is not itself behind one (RFC 4475
 * 3.1.1.2). */
static inline bool sip__scan_is_escaped(const char *from, const char *at)
{
    const char *first = at;

    while (first > from && first[-1] == '\\') {
        first--;
    }
    return (at - first) % 2 != 0;
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

        while (stop < scan->end && (!sip__scan_is_stop(*stop) ||
                                    (*stop == '\0' && sip__scan_is_escaped(scan->at, stop)))) {
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

/** Take what is no plain line: any other, or one that was taken for plain and is folded. False: the
 * lines end, *ret_end tells how. */
static bool sip__scan_other(struct sip__scan *scan, enum sip__scan_end *ret_end)
{
    if (scan->line > scan->lines && scan->at < scan->end &&
        (*scan->at == ' ' || *scan->at == '\t')) {
        scan->line--;
        scan->at = scan->start + scan->line->name;
    } else if (scan->at == scan->end) {
        *ret_end = SIP__SCAN_MORE;
        return false;
    } else if (*scan->at == '\r' || *scan->at == '\n') {
        *ret_end = sip__scan_line_break(scan);
        scan->next = scan->at;
        return false;
    } else if (scan->line == scan->last) {
        *ret_end = SIP__SCAN_FULL;
        return false;
    }
    scan->next = scan->at;
    *ret_end = sip__scan_any_line(scan, scan->line);
    if (*ret_end != SIP__SCAN_BLANK) {
        return false;
    }
    scan->folded = scan->folded || scan->line->folded;
    scan->line++;
    return true;
}

/** sip__scan_way.headers in one of the ways. */
SIP__SCAN_INLINE size_t sip__scan_headers_by(struct sip__scan scan, sip__scan_plain plain,
                                             struct sip__scan_result *ret_result)
{
    enum sip__scan_end end;

    do {
        struct sip__scan_line *line = scan.line;
        const char *at = scan.at;
        const char *next;

        while (line < scan.last && (next = plain(scan.start, at, line)) != NULL) {
            at = next;
            line++;
        }
        scan.line = line;
        scan.at = at;
        scan.next = at;
    } while (sip__scan_other(&scan, &end));
    *ret_result = (struct sip__scan_result){
        .end = end,
        .n_lines = (size_t)(scan.line - scan.lines),
        .next = (size_t)(scan.next - scan.start),
        .folded = scan.folded,
        .bad = end == SIP__SCAN_BAD ? (size_t)(scan.at - scan.start) : 0,
    };
    return ret_result->n_lines;
}

#endif
