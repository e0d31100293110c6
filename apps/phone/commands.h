/* The phone's commands, each a line of words. */
#ifndef PHONE_COMMANDS_H
#define PHONE_COMMANDS_H

#include "phone/script.h"

struct command {
    const char *name;
    unsigned min_args, max_args;
    const char *usage;
    /* What is wrong with the arguments, in words; NULL: nothing. May be NULL. */
    const char *(*check)(char **args, size_t n);
    script_step *run;
};

/* NULL: there is none of that name. */
const struct command *commands_find(const char *name);
/* What is wrong with a line of at least one word; NULL: it can be run. */
const char *commands_check(const words *line);
/* Run a line that has been checked. @return 0 done; SCRIPT_BUSY; a SIP_E… of which the person has
 * been told */
int commands_run(struct script *script, const words *line);

#endif
