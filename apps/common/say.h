/* What a program tells the person who started it. */
#ifndef COMMON_SAY_H
#define COMMON_SAY_H

#include <sip/base.h>

/* One line on standard error: "PROGRAM: …". */
void say_error(const char *program, const char *format, ...) SIP_PRINTF(2, 3);
/* What getopt_long() has just found wrong, having returned `option` (':' or '?'); those without a
 * letter have values from 256 on. */
void say_bad_option(const char *program, int option, char **argv);

#endif
