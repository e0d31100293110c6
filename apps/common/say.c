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
