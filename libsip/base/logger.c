/* Lines to standard error, to a file or to syslog. A line is one write(), so that lines of several
 * threads and processes stay whole without a lock, and a file is replaced under its number. */
#include "base/log_levels.h"

#include "base/sized.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#define PROGRAM_BYTES 32
#define TIME_BYTES 32
#define RECORD_BYTES 2304 /* a line of 1,000 bytes, each escaped, and what stands before it */
#define FILE_MODE 0640

typedef enum destination {
    TO_STDERR,
    TO_FILE,
    TO_SYSLOG
} destination;

struct sip_logger {
    sip_log log;
    sip_log_levels *levels;
    const sip_allocator *allocator;
    const sip_clock *clock;
    char *path; /* of TO_FILE */
    destination to;
    int fd;
    sip_log_format format;
    uint32_t most_per_s;
    _Atomic uint64_t second; /* the present one times 2^32, and how many lines it has had */
    _Atomic uint64_t lost;
    _Atomic uint64_t unsaid; /* of them, those that no line has told of */
    char program[PROGRAM_BYTES];
};

/* ---- a record */

/* ISO 8601 in UTC, with microseconds. */
static void print_time(const sip_logger *logger, char out[TIME_BYTES])
{
    int64_t now_us = sip_clock_unix_us(logger->clock);
    time_t seconds = (time_t)(now_us / 1000000);
    struct tm parts = {0};
    size_t len;

    (void)gmtime_r(&seconds, &parts);
    len = strftime(out, TIME_BYTES, "%Y-%m-%dT%H:%M:%S", &parts);
    (void)snprintf(out + len, TIME_BYTES - len, ".%06uZ", (unsigned)(now_us % 1000000));
}

/* A line is printable ASCII by now: only these two need it. */
static void escape_json(const char *line, char *out, size_t size)
{
    size_t len = 0;

    for (; *line != '\0' && len + 3 < size; line++) {
        if (*line == '"' || *line == '\\') {
            out[len++] = '\\';
        }
        out[len++] = *line;
    }
    out[len] = '\0';
}

static int print_json(const sip_logger *logger, const char *at, const char *level,
                      const char *category, const char *line, char out[RECORD_BYTES])
{
    const bool named = logger->program[0] != '\0';
    char text[2004], program[2 * PROGRAM_BYTES];

    escape_json(line, text, sizeof(text));
    escape_json(logger->program, program, sizeof(program));
    return snprintf(out, RECORD_BYTES,
                    "{\"time\":\"%s\",%s%s%s\"level\":\"%s\",\"category\":\"%s\","
                    "\"text\":\"%s\"}\n",
                    at, named ? "\"program\":\"" : "", program, named ? "\"," : "", level, category,
                    text);
}

static int print_record(const sip_logger *logger, sip_log_category category, sip_log_level level,
                        const char *line, char out[RECORD_BYTES])
{
    const char *kind = sip_log_category_name(category);
    const char *how = sip_log_level_name(level);
    char at[TIME_BYTES];

    print_time(logger, at);
    if (logger->format == SIP_LOG_JSON) {
        return print_json(logger, at, how, kind, line, out);
    }
    return snprintf(out, RECORD_BYTES, "%s %s%s%s %s: %s\n", at, logger->program,
                    logger->program[0] != '\0' ? " " : "", how, kind, line);
}

static int priority_of(sip_log_level level)
{
    static const int priorities[] = {
        [SIP_LOG_OFF] = LOG_DEBUG, [SIP_LOG_ERROR] = LOG_ERR,   [SIP_LOG_WARNING] = LOG_WARNING,
        [SIP_LOG_INFO] = LOG_INFO, [SIP_LOG_DEBUG] = LOG_DEBUG,
    };

    return priorities[level];
}

static void put(sip_logger *logger, sip_log_category category, sip_log_level level,
                const char *line)
{
    char record[RECORD_BYTES];
    ssize_t written;
    int len;

    if (logger->to == TO_SYSLOG) {
        syslog(LOG_DAEMON | priority_of(level), "%s%s%s: %s", logger->program,
               logger->program[0] != '\0' ? " " : "", sip_log_category_name(category), line);
        return;
    }
    len = print_record(logger, category, level, line, record);
    do {
        written = write(logger->fd, record, (size_t)len);
    } while (written < 0 && errno == EINTR);
    if (written != len) {
        atomic_fetch_add_explicit(&logger->lost, 1, memory_order_relaxed);
    }
}

/* ---- how many */

/* True if one more line fits into this second. */
static bool has_room(sip_logger *logger)
{
    uint64_t now = sip_clock_now_ms(logger->clock) / 1000;
    uint64_t old = atomic_load_explicit(&logger->second, memory_order_relaxed);
    uint64_t next;

    do {
        next = old >> 32 == (uint32_t)now ? old + 1 : (now << 32 | 1u);
        if ((uint32_t)next > logger->most_per_s) {
            return false;
        }
    } while (!atomic_compare_exchange_weak_explicit(&logger->second, &old, next,
                                                    memory_order_relaxed, memory_order_relaxed));
    return true;
}

static void write_line(sip_log_category category, sip_log_level level, const char *line,
                       void *user_data)
{
    sip_logger *logger = user_data;
    int saved = errno; /* callers tell of it */

    if (level > SIP_LOG_ERROR && logger->most_per_s > 0 && !has_room(logger)) {
        atomic_fetch_add_explicit(&logger->lost, 1, memory_order_relaxed);
        atomic_fetch_add_explicit(&logger->unsaid, 1, memory_order_relaxed);
        return;
    }
    if (atomic_load_explicit(&logger->unsaid, memory_order_relaxed) > 0) {
        uint64_t unsaid = atomic_exchange_explicit(&logger->unsaid, 0, memory_order_relaxed);
        char text[64];

        (void)snprintf(text, sizeof(text), "%llu lines were left out", (unsigned long long)unsaid);
        put(logger, SIP_LOG_STACK, SIP_LOG_WARNING, text);
    }
    put(logger, category, level, line);
    errno = saved;
}

/* ---- files */

static int open_file(const char *path)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, FILE_MODE);

    return fd < 0 ? SIP_EIO : fd;
}

int sip_logger_reopen(sip_logger *logger)
{
    int fd, put_in, saved;

    if (logger == NULL || logger->to != TO_FILE) {
        return 0;
    }
    fd = open_file(logger->path);
    if (fd < 0) {
        return SIP_EIO;
    }
    do { /* writers meet either file, never none */
        put_in = dup2(fd, logger->fd);
    } while (put_in < 0 && errno == EINTR);
    saved = errno;
    (void)fcntl(logger->fd, F_SETFD, FD_CLOEXEC);
    (void)close(fd);
    errno = saved;
    return put_in < 0 ? SIP_EIO : 0;
}

/* ---- birth and death */

static int set_destination(sip_logger *logger, const char *to)
{
    logger->fd = STDERR_FILENO;
    if (to == NULL || strcmp(to, "stderr") == 0) {
        return 0;
    }
    if (strcmp(to, "syslog") == 0) {
        logger->to = TO_SYSLOG;
        return 0;
    }
    logger->path = sip_strdup(logger->allocator, sip_str_of(to));
    if (logger->path == NULL) {
        return SIP_ENOMEM;
    }
    logger->fd = open_file(to);
    if (logger->fd < 0) {
        return SIP_EIO;
    }
    logger->to = TO_FILE;
    return 0;
}

static int init(sip_logger *logger, const sip_logger_config *config)
{
    size_t len = config->program != NULL ? strlen(config->program) : 0;
    int err;

    if (len >= PROGRAM_BYTES) {
        return SIP_EINVAL;
    }
    memcpy(logger->program, config->program != NULL ? config->program : "", len + 1);
    err = sip_log_levels_create(config->allocator, SIP_LOG_INFO, &logger->levels);
    if (err == 0 && config->levels != NULL) {
        err = sip_log_levels_parse(logger->levels, sip_str_of(config->levels));
    }
    return err == 0 ? set_destination(logger, config->to) : err;
}

int sip_logger_create_sized(const sip_logger_config *config, size_t config_bytes,
                            sip_logger **ret_logger)
{
    sip_logger_config own = {0};
    sip_logger *logger;
    int err, saved;

    if (ret_logger == NULL ||
        (config != NULL && sip__sized_copy(&own, sizeof(own), config, config_bytes) != 0)) {
        return SIP_EINVAL;
    }
    logger = sip_alloc0(own.allocator, sizeof(*logger));
    if (logger == NULL) {
        return SIP_ENOMEM;
    }
    logger->allocator = own.allocator;
    logger->clock = own.clock;
    logger->format = own.format;
    logger->most_per_s = own.most_per_s;
    err = init(logger, &own);
    if (err != 0) {
        saved = errno;
        sip_logger_destroy(logger);
        errno = saved;
        return err;
    }
    logger->log = (sip_log){
        .write = write_line,
        .user_data = logger,
        .categories = SIP_LOG_ALL,
        .level = SIP_LOG_DEBUG,
        .levels = logger->levels,
    };
    *ret_logger = logger;
    return 0;
}

void sip_logger_destroy(sip_logger *logger)
{
    if (logger == NULL) {
        return;
    }
    if (logger->to == TO_FILE) {
        (void)close(logger->fd);
    }
    sip_log_levels_destroy(logger->levels);
    sip_free(logger->allocator, logger->path);
    sip_free(logger->allocator, logger);
}

const sip_log *sip_logger_log(const sip_logger *logger)
{
    return logger == NULL ? NULL : &logger->log;
}

sip_log_levels *sip_logger_levels(const sip_logger *logger)
{
    return logger == NULL ? NULL : logger->levels;
}

uint64_t sip_logger_lost(const sip_logger *logger)
{
    return logger == NULL ? 0 : atomic_load_explicit(&logger->lost, memory_order_relaxed);
}
