#include "base/log_levels.h"

#include <stdio.h>

#define LINE_BYTES 1000

/* Bytes of peers must not forge lines or speak to the terminal. */
static void escape(const char *text, char out[LINE_BYTES + 1])
{
    static const char hex[] = "0123456789abcdef";
    size_t len = 0;

    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        bool printable = byte >= 0x20 && byte < 0x7f;
        size_t need = !printable ? 4 : byte == '\\' ? 2 : 1;

        if (len + need > LINE_BYTES) {
            break;
        }
        if (need > 1) {
            out[len++] = '\\';
        }
        if (printable) {
            out[len++] = *text;
        } else {
            out[len++] = 'x';
            out[len++] = hex[byte >> 4];
            out[len++] = hex[byte & 15];
        }
    }
    out[len] = '\0';
}

static void write_line(const sip_log *log, sip_log_category category, sip_log_level level,
                       const char *format, va_list args)
{
    char text[LINE_BYTES + 1], line[LINE_BYTES + 1];

    if (vsnprintf(text, sizeof(text), format, args) < 0) {
        return;
    }
    escape(text, line);
    log->write(category, level, line, log->user_data);
}

bool sip_log_wants(const sip_log *log, sip_log_category category, sip_log_level level)
{
    if (log == NULL || log->write == NULL) {
        return false;
    }
    return log->levels != NULL ? sip__log_levels_want(log->levels, category, level)
                               : (log->categories & (unsigned)category) != 0 && level <= log->level;
}

void sip_log_error(const sip_log *log, sip_log_category category, const char *format, ...)
{
    va_list args;

    if (sip_log_wants(log, category, SIP_LOG_ERROR)) {
        va_start(args, format);
        write_line(log, category, SIP_LOG_ERROR, format, args);
        va_end(args);
    }
}

void sip_log_warning(const sip_log *log, sip_log_category category, const char *format, ...)
{
    va_list args;

    if (sip_log_wants(log, category, SIP_LOG_WARNING)) {
        va_start(args, format);
        write_line(log, category, SIP_LOG_WARNING, format, args);
        va_end(args);
    }
}

void sip_log_info(const sip_log *log, sip_log_category category, const char *format, ...)
{
    va_list args;

    if (sip_log_wants(log, category, SIP_LOG_INFO)) {
        va_start(args, format);
        write_line(log, category, SIP_LOG_INFO, format, args);
        va_end(args);
    }
}

void sip_log_debug(const sip_log *log, sip_log_category category, const char *format, ...)
{
    va_list args;

    if (sip_log_wants(log, category, SIP_LOG_DEBUG)) {
        va_start(args, format);
        write_line(log, category, SIP_LOG_DEBUG, format, args);
        va_end(args);
    }
}
