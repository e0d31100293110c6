/* Splits a block of header lines into names and values without looking inside the values (RFC
 * 3261 7.3.1). */
#ifndef SIP_PARSER_SCAN_H
#define SIP_PARSER_SCAN_H

#include <sip/base.h>

/** One header line; offsets count from the `ptr` given to the scan. */
struct sip__scan_line {
    uint32_t name;      /**< where the name begins */
    uint32_t name_len;  /**< without the white space before the colon; never 0 */
    uint32_t value;     /**< where the trimmed value begins */
    uint32_t value_len; /**< may be 0; a folded value contains its line ends */
    uint8_t id;         /**< sip_header_id of the name */
    bool folded;        /**< the value stands on several lines */
};

enum sip__scan_end {
    SIP__SCAN_BLANK, /**< the blank line was found: the header block is whole */
    SIP__SCAN_MORE, /**< the bytes ended first; a stored last line may yet be folded by what follows
                     */
    SIP__SCAN_FULL, /**< another line is there and `lines` has no room for it */
    SIP__SCAN_BAD   /**< a line is not "token *WS ':' value", or has a CR or NUL of its own */
};

struct sip__scan_result {
    enum sip__scan_end end;
    size_t n_lines; /**< stored in `lines` */
    size_t next; /**< BLANK: where the body begins; else: where the first line that was not stored
                    begins */
    bool folded; /**< one of them is */
    size_t bad;  /**< BAD only: the offset of the byte that is wrong */
};

/**
 * Scan header lines from `from` (the byte after the start line's end) to the blank line.
 *
 * Lines end with CRLF; a lone LF is taken as one too. Nothing is allocated, nothing beyond `ptr +
 * len` is read. After SIP__SCAN_FULL scan on with `from = ret_result->next`.
 *
 * @param ptr    the whole message, at most UINT32_MAX bytes; may be NULL if len is 0
 * @param from   at most len
 * @param lines  room for max_lines
 * @return the number of lines stored
 */
size_t sip__scan_headers(const char *ptr, size_t len, size_t from, struct sip__scan_line *lines,
                         size_t max_lines, struct sip__scan_result *ret_result);

/** The offset of the first LF at or after `from`, or `len`: the end of a start line. */
size_t sip__scan_line_end(const char *ptr, size_t len, size_t from);

/** The first CR, LF or NUL at or after `at`, or `end`. */
const char *sip__scan_stop_portable(const char *at, const char *end);

/** The first byte that no word has, SP, DEL or a control character, or `end`. */
const char *sip__scan_blank(const char *at, const char *end);

/** How many bytes a mask tells about; so many are readable from `at`. */
#define SIP__SCAN_MASK_BYTES 32
/** A bit for each byte from `at` that no host name or IPv4 address has; the first is the lowest. */
uint32_t sip__scan_host_mask(const char *at);

/** The same of SIP__CHAR_VALUE; 0 also where there is no quick way to know. */
uint32_t sip__scan_value_mask(const char *at);

/** The first '"' or backslash, or `end`. */
const char *sip__scan_quote(const char *at, const char *end);

/* The ways in which these are done: eight bytes at a time in a word, or sixteen at a time where the
 * machine has SSE2 (elsewhere it is the first way under another name), or more. */

/** True if this machine has what the third way needs, thirty-two bytes at a time; only then it may
 * be called. */
bool sip__scan_has_avx2(void);
/** sip__scan_headers() by wide vectors. */
size_t sip__scan_headers_avx2(const char *ptr, size_t len, size_t from,
                              struct sip__scan_line *lines, size_t max_lines,
                              struct sip__scan_result *ret_result);
/** A plain line by vectors, see scan_lines.h. */
const char *sip__scan_plain_sse2(const char *start, const char *at, const char *end,
                                 struct sip__scan_line *line);
/** sip__scan_value_mask() by a wide vector. */
uint32_t sip__scan_value_mask_avx2(const char *at);
/** sip__scan_host_mask() byte by byte. */
uint32_t sip__scan_host_mask_portable(const char *at);
/** The same by vectors. */
uint32_t sip__scan_host_mask_sse2(const char *at);
/** The same by a wide vector. */
uint32_t sip__scan_host_mask_avx2(const char *at);
/** sip__scan_headers() by words. */
size_t sip__scan_headers_portable(const char *ptr, size_t len, size_t from,
                                  struct sip__scan_line *lines, size_t max_lines,
                                  struct sip__scan_result *ret_result);
/** sip__scan_headers() by vectors. */
size_t sip__scan_headers_sse2(const char *ptr, size_t len, size_t from,
                              struct sip__scan_line *lines, size_t max_lines,
                              struct sip__scan_result *ret_result);
/** sip__scan_quote() byte by byte. */
const char *sip__scan_quote_portable(const char *at, const char *end);
/** The same by vectors. */
const char *sip__scan_quote_sse2(const char *at, const char *end);
/** sip__scan_blank() byte by byte. */
const char *sip__scan_blank_portable(const char *at, const char *end);
/** The same by vectors. */
const char *sip__scan_blank_sse2(const char *at, const char *end);

#endif
