#include "common/say.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>

void say_error(const char *program, const char *format, ...)
{
    va_list args;

    fprintf(stderr, "%s: ", program);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

void say_bad_option(const char *program, int option, char **argv)
{
    const char letter[] = {'-', (char)optopt, '\0'};

    if (option == ':') {
        say_error(program, "option '%s': needs a value; see --help", argv[optind - 1]);
    } else if (optopt >= 256) {
        say_error(program, "option '%s': takes no value; see --help", argv[optind - 1]);
    } else {
        say_error(program, "option '%s': is not known; see --help",
                  optopt > 0 ? letter : argv[optind - 1]);
    }
}

static void say_line(sip_log_category category, sip_log_level level, const char *line,
                     void *user_data)
{
    (void)category;
    (void)level;
    say_error(user_data, "%s", line);
}

sip_log say_log(const char *program)
{
    return (sip_log){.write = say_line,
                     .user_data = (char *)program,
                     .categories = SIP_LOG_STACK | SIP_LOG_TRANSPORT | SIP_LOG_DNS,
                     .level = SIP_LOG_DEBUG};
}
