/* Where log lines may go: to standard error, a file, syslog; and which of them. An application with
 * a log of its own needs only sip_log, of <sip/base.h>. */
#ifndef SIP_LOG_H
#define SIP_LOG_H

#include <sip/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- which lines */

/** "transport", "dns" …; "other" for what is no single category. Static. */
SIP_API const char *sip_log_category_name(sip_log_category category);
/** "off", "error", "warning", "info" or "debug". Static. */
SIP_API const char *sip_log_level_name(sip_log_level level);

/** Levels, `all` for each category. @return 0, SIP_EINVAL, SIP_ENOMEM */
SIP_API int sip_log_levels_create(const sip_allocator *allocator, sip_log_level all,
                                  sip_log_levels **ret_levels);
/** After the last sip_log that points to them. NULL is fine. */
SIP_API void sip_log_levels_destroy(sip_log_levels *levels);
/** Change the level of each category in the mask. Any thread: the next line is judged by it. */
SIP_API void sip_log_levels_set(sip_log_levels *levels, unsigned categories, sip_log_level level);
/** The level of a category. Any thread. */
SIP_API sip_log_level sip_log_levels_get(const sip_log_levels *levels, sip_log_category category);
/**
 * Change levels as a person says it: "LEVEL" is that of all categories, "CATEGORY=LEVEL" of one,
 * several follow each other with commas: "warning,dns=debug,tls=off".
 * @return 0, or SIP_EINVAL (an unknown name, nothing at all) and nothing has changed. Any thread
 */
SIP_API int sip_log_levels_parse(sip_log_levels *levels, sip_str text);

/* ---- where to */

typedef struct sip_logger sip_logger;

typedef enum sip_log_format {
    SIP_LOG_TEXT, /**< TIME PROGRAM LEVEL CATEGORY: LINE, where the program is named */
    SIP_LOG_JSON  /**< an object a line: time, program, level, category, text */
} sip_log_format;

/** Zeroed: to standard error, as text, all from SIP_LOG_INFO on. */
typedef struct sip_logger_config {
    const sip_allocator *allocator; /**< NULL: malloc; outlives the logger */
    const sip_clock *clock;         /**< of the times of lines; NULL: the system's */
    /** "stderr" (or NULL), "syslog" (facility daemon; without times, which syslog adds), else the
     * path of a file that is made, readable by its owner and group, or appended to. */
    const char *to;
    sip_log_format format; /**< to syslog: text always */
    const char *program;   /**< a name of at most 31 bytes that stands in each line; NULL: none */
    const char *levels;    /**< as for sip_log_levels_parse(); NULL: "info" */
    /** More lines than this in a second are left out, but for errors, and counted; how many is
     * said by the first line after them. 0: no limit. */
    uint32_t most_per_s;
} sip_logger_config;

/** @private */
SIP_API int sip_logger_create_sized(const sip_logger_config *config, size_t config_bytes,
                                    sip_logger **ret_logger);
/** Make a logger; all that `config` points to but the allocator and the clock is copied.
 * @return 0, SIP_EINVAL (levels, the program's name), SIP_EIO (the file cannot be opened: errno
 * says why), SIP_ENOMEM */
static inline int sip_logger_create(const sip_logger_config *config, sip_logger **ret_logger)
{
    return sip_logger_create_sized(config, sizeof *config, ret_logger);
}
/** After the last stack that logs to it. NULL is fine. */
SIP_API void sip_logger_destroy(sip_logger *logger);
/** What sip_stack_config.log takes; lives as long as the logger. Lines of several threads stay
 * whole. */
SIP_API const sip_log *sip_logger_log(const sip_logger *logger);
/** Its levels, to be changed at any time. */
SIP_API sip_log_levels *sip_logger_levels(const sip_logger *logger);
/** Go on in a new file of the same name: the old one has been moved away (logrotate). Nothing is
 * lost meanwhile. Not a file: nothing to do. Any thread, one at a time.
 * @return 0, or SIP_EIO (errno says why) and it goes on in the old file */
SIP_API int sip_logger_reopen(sip_logger *logger);
/** How many lines could not be written or were left out. Any thread. */
SIP_API uint64_t sip_logger_lost(const sip_logger *logger);

#ifdef __cplusplus
}
#endif

#endif
