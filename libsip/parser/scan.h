/* Goes over the bytes of a message: splits header lines into names and values without looking
 * inside the values (RFC 3261 7.3.1), and takes what is plain at the speed of its bytes. */
#ifndef SIP_PARSER_SCAN_H
#define SIP_PARSER_SCAN_H

#include <sip/msg.h>

/** One header line; offsets count from the `ptr` given to the scan. */
struct sip__scan_line {
    uint32_t name;      /**< where the name begins */
    uint32_t name_len;  /**< without the white space before the colon; never 0 */
    uint32_t value;     /**< where the trimmed value begins */
    uint32_t value_len; /**< may be 0; a folded value contains its line ends */
    uint8_t id;         /**< sip_header_id of the name */
    bool folded;        /**< the value stands on several lines */
    uint16_t next;      /**< for the index of a message; not touched by the scan */
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

/** So many bytes behind what is scanned are readable, and zero. */
#define SIP__SCAN_PAD_BYTES 64

/** The first LF at or after `from`, as an offset, or `len`: the end of a start line. */
size_t sip__scan_line_end(const char *ptr, size_t len, size_t from);

/** The first CR, LF or NUL at or after `at`, or `end`. */
const char *sip__scan_stop(const char *at, const char *end);

/** The first byte that no word has, SP, DEL or a control character, or `end`. */
const char *sip__scan_blank(const char *at, const char *end);

/** A start line as most are, by the lengths of its parts, which one SP parts. */
struct sip__plain_start {
    uint32_t first_len;  /**< of the method, or of "SIP/2.0" */
    uint32_t second_len; /**< of the Request-URI, or of the status */
    uint32_t phrase_len; /**< of responses */
    uint32_t next;       /**< behind its CRLF */
};

/**
 * A way to go over the bytes of a message: byte by byte, or many at a time with vectors. All find
 * the same.
 *
 * All but the first function refuse what is not plain; the general readers take it, and would read
 * plain elements just the same. Plain elements stand in a message: behind the text there is a
 * byte that none of them has (a line end, a blank, a comma, NUL), and SIP__SCAN_PAD_BYTES from
 * there on may be looked at.
 */
struct sip__scan_way {
    /**
     * Scan header lines from `from` (the byte after the start line's end) to the blank line.
     *
     * Lines end with CRLF; a lone LF is taken as one too. After SIP__SCAN_FULL scan on with
     * `from = ret_result->next`.
     *
     * @param ptr    the whole message, at most UINT32_MAX bytes, and its padding
     * @param from   at most len
     * @param lines  room for max_lines
     * @return the number of lines stored
     */
    size_t (*headers)(const char *ptr, size_t len, size_t from, struct sip__scan_line *lines,
                      size_t max_lines, struct sip__scan_result *ret_result);
    /** Take "METHOD URI SIP/2.0" or "SIP/2.0 STATUS PHRASE" and CRLF. The status has three digits;
     * whether it is one, and what the method and the URI are, is not looked at. */
    bool (*start)(const char *text, struct sip__plain_start *ret_start);
    /**
     * Take "sip:", a user or none, a host that is no IPv6 address, a port or none, one parameter or
     * none.
     * @return behind it, which is `end` or where something else begins; NULL if it is not plain.
     *   *uri is complete after success, in disorder otherwise
     */
    const char *(*uri)(const char *text, const char *end, sip_uri *uri);
    /**
     * Take a quoted display name or none, a plain URI in angles, and one tag if that is all there
     * is behind it.
     * @return the end of the text, or where other parameters begin; NULL if it is not plain.
     *   *address is complete but for these after success, in disorder otherwise
     */
    const char *(*address)(sip_str text, sip_address *address);
    /** Take a Via with a host that is no IPv6 address, and of branch, rport and received what is
     * there, at least one. Otherwise false, with *via in disorder. */
    bool (*via)(sip_str text, sip_via *via);
    /** sip__scan_blank() of text with a byte behind it that is one. */
    const char *(*blank)(const char *at);
};

/* Chosen from by the functions below. */
extern const struct sip__scan_way sip__scan_portable, sip__scan_sse2, sip__scan_avx2;

/** The best way on this machine. */
const struct sip__scan_way *sip__scan_way(void);

/** Byte by byte. */
const struct sip__scan_way *sip__scan_way_portable(void);
/** Sixteen bytes at a time; NULL where there is no SSE2. */
const struct sip__scan_way *sip__scan_way_sse2(void);
/** Thirty-two bytes at a time; NULL where this machine has no AVX2. */
const struct sip__scan_way *sip__scan_way_avx2(void);

#endif
