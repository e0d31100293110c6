/* Commands: read as words, run one after the other; one that waits for an event holds the next ones
 * back. */
#ifndef PHONE_SCRIPT_H
#define PHONE_SCRIPT_H

#include "phone/phone.h"

/* What a command leaves behind when the script waits for an event or time. */
#define SCRIPT_BUSY 1

#define SCRIPT_HISTORY 1024 /* events that a late `wait` can still find */

struct script;
/* A command's work: 0 done, SCRIPT_BUSY, else a SIP_E…. */
typedef int script_step(struct script *script, char **args, size_t n);

struct script {
    struct phone *phone;
    words pending; /* whole command lines not yet run */
    size_t next;
    bool open;              /* more lines may come */
    bool busy;              /* a command waits for `wanted` or `fatal`, or for its time */
    bool failed;            /* a command failed */
    const char *command;    /* the busy one */
    script_step *again;     /* to be run when the time has come; NULL: none */
    unsigned wanted, fatal; /* masks of 1 << phone_event */
    sip_timer timer;
    sip_turn_work work;
    phone_event history[SCRIPT_HISTORY];
    uint64_t happened, seen; /* events so far, and those before the last wait's */
};

void script_init(struct script *script, struct phone *phone);
/* Queue the commands of an argument vector: a word that is a command takes the words up to the next
 * command, an argument with spaces in a command's place is a line. @return 0, or 2 having said what
 * is wrong. */
int script_add_arguments(struct script *script, char **arguments, int n);
/* Queue a line. An unknown command is an error event and counts as failed. */
void script_add_line(struct script *script, const char *line);
/* No more lines will come: when all is done the phone leaves. */
void script_close(struct script *script);
/* For commands: hold the script until one of `wanted` has happened; one of `fatal` makes the
 * command fail, and so does the time (if it is not 0). @return SCRIPT_BUSY */
int script_await(struct script *script, unsigned wanted, unsigned fatal, double seconds);
/* For commands: run `step`, without arguments, after some time. @return SCRIPT_BUSY */
int script_try_again(struct script *script, script_step *step, unsigned fatal, double seconds);
void script_finish(struct script *script);

#endif
