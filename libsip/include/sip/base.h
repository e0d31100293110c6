/* What every other header stands on: slices, errors, switches, and the four things that the library
 * takes from outside: memory, time, randomness and a place for its log. */
#ifndef SIP_BASE_H
#define SIP_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define SIP_API __attribute__((visibility("default")))
#define SIP_PRINTF(format_at, args_at) __attribute__((format(printf, format_at, args_at)))
#else
#define SIP_API
#define SIP_PRINTF(format_at, args_at)
#endif

/** A slice of bytes owned by something else; not terminated. ptr may be NULL when len is 0. */
typedef struct sip_str {
    const char *ptr;
    size_t len;
} sip_str;

#define SIP_FMT "%.*s"
#define SIP_ARG(s) (int)(s).len, ((s).ptr != NULL ? (s).ptr : "")
/** The slice of a string literal, usable as an initialiser. */
#define SIP_STR_INIT(literal)                                                                      \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }
/** The slice of a string literal, as an expression. */
#define SIP_STR(literal) ((sip_str)SIP_STR_INIT(literal))

/** True if the bytes of `s` are exactly those of the C string `text`. NULL text equals the empty
 * slice. */
SIP_API bool sip_str_equal(sip_str s, const char *text);
/** True if both slices have the same bytes. */
SIP_API bool sip_str_same(sip_str a, sip_str b);
/** As sip_str_same(), ASCII letters compared without case (tokens, RFC 3261 7.3.1). */
SIP_API bool sip_str_same_nocase(sip_str a, sip_str b);
/** As sip_str_equal(), ASCII letters compared without case. */
SIP_API bool sip_str_equal_nocase(sip_str s, const char *text);
/** The slice of a C string; of NULL the empty slice. */
SIP_API sip_str sip_str_of(const char *text);
/** The slice without leading and trailing white space (SP, HTAB, CR, LF). */
SIP_API sip_str sip_str_trim(sip_str s);

/** A setting that may be left to the next level. */
typedef enum sip_switch {
    SIP_DEFAULT,
    SIP_OFF,
    SIP_ON
} sip_switch;

/** Every error: name, number, SIP status to answer with (0: none), text. */
#define SIP_ERROR_MAP(X)                                                                           \
    X(NOMEM, -1, 500, "out of memory or over the arena limit")                                     \
    X(INVAL, -2, 0, "argument outside its documented range")                                       \
    X(STATE, -3, 491, "not allowed in the object's present state")                                 \
    X(AGAIN, -4, 0, "incomplete: more is needed")                                                  \
    X(SYNTAX, -5, 400, "malformed message")                                                        \
    X(TOOBIG, -6, 513, "over a configured limit")                                                  \
    X(GONE, -7, 481, "the object has ended")                                                       \
    X(IO, -8, 503, "the network or the system refused")                                            \
    X(LOOP, -9, 482, "the request has been here before")                                           \
    X(HOPS, -10, 483, "no hops left")                                                              \
    X(NOENT, -11, 404, "no such name")                                                             \
    X(BUSY, -12, 503, "a configured limit of live objects is reached")                             \
    X(UNSUPPORTED, -13, 501, "not supported")

enum {
#define SIP_ERROR_ENUM(name, number, status, text) SIP_E##name = (number),
    SIP_ERROR_MAP(SIP_ERROR_ENUM)
#undef SIP_ERROR_ENUM
};

/** The SIP status to answer with when `err` (0 or a SIP_E…) is the reason; 0 for 0, 500 where the
 * map has none. */
SIP_API int sip_error_status(int err);
/** A short English text of `err`; never NULL, static. */
SIP_API const char *sip_error_text(int err);

/** Milliseconds of a monotonic clock whose zero means nothing. */
typedef uint64_t sip_time_ms;

/** Where memory comes from. All members set; `alloc` and `realloc` may return NULL, which every
 * caller survives. */
typedef struct sip_allocator {
    void *(*alloc)(size_t bytes, void *user_data);
    void *(*realloc)(void *block, size_t bytes, void *user_data);
    void (*free)(void *block, void *user_data); /**< takes NULL */
    void *user_data;
} sip_allocator;

/** malloc, realloc and free of the C library. The functions below take a NULL allocator for it. */
SIP_API const sip_allocator *sip_allocator_default(void);
/** `bytes` of memory, not zeroed; NULL without memory. Give it back with sip_free() and the same
 * allocator. */
SIP_API void *sip_alloc(const sip_allocator *allocator, size_t bytes);
/** Zeroed memory, or NULL. */
SIP_API void *sip_alloc0(const sip_allocator *allocator, size_t bytes);
/** Grow or shrink a block (NULL: a new one); NULL without memory, then `block` stands. */
SIP_API void *sip_realloc(const sip_allocator *allocator, void *block, size_t bytes);
/** Give a block back; NULL is fine. */
SIP_API void sip_free(const sip_allocator *allocator, void *block);
/** A zero-terminated copy of `s`, to be freed with sip_free(); NULL without memory. */
SIP_API char *sip_strdup(const sip_allocator *allocator, sip_str s);

/** Where time comes from. */
typedef struct sip_clock {
    sip_time_ms (*now_ms)(void *user_data); /**< monotonic */
    int64_t (*unix_s)(
        void *user_data); /**< wall clock, seconds since 1970, for Date and nonces only */
    void *user_data;
} sip_clock;

/** The system's monotonic and wall clocks. The functions below take a NULL clock for it. */
SIP_API const sip_clock *sip_clock_system(void);
/** Milliseconds of the monotonic clock. Any thread that the clock allows. */
SIP_API sip_time_ms sip_clock_now_ms(const sip_clock *clock);
/** Seconds since 1970 of the wall clock. */
SIP_API int64_t sip_clock_unix_s(const sip_clock *clock);
/** Microseconds since 1970 of the wall clock; of one that is not the system's to the second. */
SIP_API int64_t sip_clock_unix_us(const sip_clock *clock);

/** Where randomness comes from. */
typedef struct sip_random {
    void (*fill)(void *bytes, size_t len, void *user_data);
    void *user_data;
} sip_random;

/** The system's generator, fit for keys; it ends the process when the system has no randomness to
 * give, for nothing that follows would be secret. The functions below take a NULL generator for it.
 * Any thread. */
SIP_API const sip_random *sip_random_system(void);
/** Fill `len` bytes. */
SIP_API void sip_random_fill(const sip_random *random, void *bytes, size_t len);
/** 64 random bits. */
SIP_API uint64_t sip_random_u64(const sip_random *random);
/** A number in 0 … below-1, without bias worth speaking of; 0 if below is 0. */
SIP_API uint32_t sip_random_below(const sip_random *random, uint32_t below);

/** What a log line is about; bits of a mask. */
typedef enum sip_log_category {
    SIP_LOG_STACK = 1 << 0,
    SIP_LOG_TRANSPORT = 1 << 1,
    SIP_LOG_MESSAGE = 1 << 2,
    SIP_LOG_DNS = 1 << 3,
    SIP_LOG_TRANSACTION = 1 << 4,
    SIP_LOG_DIALOG = 1 << 5,
    SIP_LOG_USAGE = 1 << 6,
    SIP_LOG_AUTH = 1 << 7,
    SIP_LOG_TLS = 1 << 8,
    SIP_LOG_APP = 1 << 9 /**< the application's own lines */
} sip_log_category;
#define SIP_LOG_ALL 0x3ffu

/** The more, the more detailed. */
typedef enum sip_log_level {
    SIP_LOG_OFF,
    SIP_LOG_ERROR,   /**< something does not work until somebody mends it */
    SIP_LOG_WARNING, /**< it goes on, with less than was asked for */
    SIP_LOG_INFO,
    SIP_LOG_DEBUG
} sip_log_level;

/** A level for each category that may be changed while lines are written: <sip/log.h>. */
typedef struct sip_log_levels sip_log_levels;

/** Where log lines go. `line` is zero-terminated, one line without its end, borrowed for the call;
 * bytes of peers are escaped and credentials left out. `write` NULL: no log. With several workers
 * it is called on the thread of each. <sip/log.h> makes one that writes to a file or to syslog. */
typedef struct sip_log {
    void (*write)(sip_log_category category, sip_log_level level, const char *line,
                  void *user_data);
    void *user_data;
    unsigned categories;          /**< mask of sip_log_category */
    sip_log_level level;          /**< the most detailed level wanted */
    const sip_log_levels *levels; /**< say instead of the two above what is wanted, at any time;
                                     borrowed. NULL: the two above, which then may not change */
} sip_log;

/** True if a line of this level about `category` would be written, for lines that cost something
 * to make. `log` may be NULL. Any thread; one load of an atomic. */
SIP_API bool sip_log_wants(const sip_log *log, sip_log_category category, sip_log_level level);
/** Write a line if `log` (may be NULL) wants it. At most 1,000 bytes; longer lines are cut.
 * Backslashes and bytes that are not printable ASCII are escaped here. Any thread. */
SIP_API void sip_log_error(const sip_log *log, sip_log_category category, const char *format, ...)
    SIP_PRINTF(3, 4);
/** As sip_log_error(), for what is wrong but goes on. */
SIP_API void sip_log_warning(const sip_log *log, sip_log_category category, const char *format, ...)
    SIP_PRINTF(3, 4);
/** As sip_log_error(), for what is worth knowing. */
SIP_API void sip_log_info(const sip_log *log, sip_log_category category, const char *format, ...)
    SIP_PRINTF(3, 4);
/** As sip_log_error(), for details. */
SIP_API void sip_log_debug(const sip_log *log, sip_log_category category, const char *format, ...)
    SIP_PRINTF(3, 4);

#ifdef __cplusplus
}
#endif

#endif
