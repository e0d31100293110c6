#include "phone/commands.h"

#include <stdlib.h>
#include <string.h>

#define WAIT_S 30.0
#define AGAIN_S                                                                                    \
    0.02 /* until a hold is tried again that the other side's re-INVITE is in the way of */
#define BIT(event) (1u << (event))

/* Seconds from 0 to a day; false if `text` is no such number. */
static bool read_seconds(const char *text, double *ret_seconds)
{
    char *end;
    double seconds = strtod(text, &end);

    if (end == text || *end != '\0' || !(seconds >= 0.0 && seconds <= 86400.0)) {
        return false;
    }
    *ret_seconds = seconds > 0 ? seconds : 0.001;
    return true;
}

static bool read_code(const char *text, int *ret_code)
{
    char *end;
    long code = strtol(text, &end, 10);

    if (end == text || *end != '\0' || code < 300 || code > 699) {
        return false;
    }
    *ret_code = (int)code;
    return true;
}

/* ---- what may be wrong before anything is done */

static const char *check_target(char **args, size_t n)
{
    sip_address address;

    (void)n;
    if (sip_address_parse(sip_str_of(args[0]), &address) != 0 ||
        (address.uri.scheme != SIP_SCHEME_SIP && address.uri.scheme != SIP_SCHEME_SIPS)) {
        return "URI must be a SIP URI such as sip:bob@example.com";
    }
    return NULL;
}

static const char *check_message(char **args, size_t n)
{
    return args[1][0] == '\0' ? "TEXT is empty" : check_target(args, n);
}

static const char *check_reject(char **args, size_t n)
{
    int code;

    return n == 0 || read_code(args[0], &code) ? NULL : "CODE must be 300 to 699";
}

static const char *check_sleep(char **args, size_t n)
{
    double seconds;

    (void)n;
    return read_seconds(args[0], &seconds) ? NULL : "SECONDS must be 0 to 86400";
}

static const char *check_wait(char **args, size_t n)
{
    if (event_of(args[0]) == EVENT_COUNT) {
        return "no event has this name; --help lists them";
    }
    return n > 1 ? check_sleep(args + 1, 1) : NULL;
}

/* ---- what they do */

static int run_register(struct script *script, char **args, size_t n)
{
    int err = phone_register(script->phone);

    (void)args, (void)n;
    return err != 0
               ? err
               : script_await(script, BIT(EVENT_REGISTERED),
                              BIT(EVENT_REGISTRATION_FAILED) | BIT(EVENT_REGISTRATION_RETRYING), 0);
}

static int run_unregister(struct script *script, char **args, size_t n)
{
    int err = phone_unregister(script->phone);

    (void)args, (void)n;
    return err != 0
               ? err
               : script_await(script, BIT(EVENT_UNREGISTERED), BIT(EVENT_REGISTRATION_FAILED), 0);
}

static int run_call(struct script *script, char **args, size_t n)
{
    (void)n;
    script->seen = script->happened; /* what happened before is of no interest to a later wait */
    return calls_begin(script->phone, args[0]);
}

static int run_answer(struct script *script, char **args, size_t n)
{
    int err = calls_answer(script->phone);

    (void)args, (void)n;
    return err != 0 ? err : script_await(script, BIT(EVENT_CONNECTED), BIT(EVENT_TERMINATED), 0);
}

static int run_reject(struct script *script, char **args, size_t n)
{
    int status = 486, err;

    if (n > 0) {
        (void)read_code(args[0], &status);
    }
    err = calls_reject(script->phone, status);
    return err != 0 ? err : script_await(script, BIT(EVENT_TERMINATED), 0, 0);
}

static int run_hold(struct script *script, char **args, size_t n)
{
    int err = calls_hold(script->phone, true);

    (void)args, (void)n;
    if (err == SIP_EAGAIN) {
        return script_try_again(script, run_hold, BIT(EVENT_TERMINATED), AGAIN_S);
    }
    return err != 0 ? err
                    : script_await(script, BIT(EVENT_HELD),
                                   BIT(EVENT_HOLD_FAILED) | BIT(EVENT_TERMINATED), 0);
}

static int run_resume(struct script *script, char **args, size_t n)
{
    int err = calls_hold(script->phone, false);

    (void)args, (void)n;
    if (err == SIP_EAGAIN) {
        return script_try_again(script, run_resume, BIT(EVENT_TERMINATED), AGAIN_S);
    }
    return err != 0 ? err
                    : script_await(script, BIT(EVENT_RESUMED),
                                   BIT(EVENT_HOLD_FAILED) | BIT(EVENT_TERMINATED), 0);
}

static int run_message(struct script *script, char **args, size_t n)
{
    int err = phone_message(script->phone, args[0], args[1]);

    (void)n;
    return err != 0 ? err
                    : script_await(script, BIT(EVENT_MESSAGE_SENT), BIT(EVENT_MESSAGE_FAILED), 0);
}

static int run_options(struct script *script, char **args, size_t n)
{
    int err = phone_options_query(script->phone, args[0]);

    (void)n;
    return err != 0
               ? err
               : script_await(script, BIT(EVENT_OPTIONS_ANSWERED), BIT(EVENT_OPTIONS_FAILED), 0);
}

static int run_hangup(struct script *script, char **args, size_t n)
{
    int err = calls_hang_up(script->phone);

    (void)args, (void)n;
    return err != 0 ? err : script_await(script, BIT(EVENT_TERMINATED), 0, 0);
}

/* The events of a call that can no longer come once it is over. */
static unsigned fatal_for(phone_event event)
{
    unsigned of_a_call = BIT(EVENT_RINGING) | BIT(EVENT_PROGRESS) | BIT(EVENT_CONNECTED) |
                         BIT(EVENT_HELD) | BIT(EVENT_RESUMED);

    return (BIT(event) & of_a_call) != 0 ? BIT(EVENT_TERMINATED) : 0;
}

static int run_wait(struct script *script, char **args, size_t n)
{
    phone_event event = event_of(args[0]);
    double seconds = WAIT_S;
    uint64_t oldest = script->happened > SCRIPT_HISTORY ? script->happened - SCRIPT_HISTORY : 0;

    if (n > 1) {
        (void)read_seconds(args[1], &seconds);
    }
    for (uint64_t i = script->seen > oldest ? script->seen : oldest; i < script->happened; i++) {
        if (script->history[i % SCRIPT_HISTORY] == event) {
            script->seen = i + 1;
            return 0;
        }
    }
    return script_await(script, BIT(event),
                        sip_list_is_empty(&script->phone->calls) ? 0 : fatal_for(event), seconds);
}

static int run_sleep(struct script *script, char **args, size_t n)
{
    double seconds = 0;

    (void)n;
    (void)read_seconds(args[0], &seconds);
    return script_await(script, 0, 0, seconds);
}

static int run_status(struct script *script, char **args, size_t n)
{
    (void)args, (void)n;
    phone_status(script->phone);
    return 0;
}

static int run_quit(struct script *script, char **args, size_t n)
{
    (void)args, (void)n;
    phone_quit(script->phone);
    return 0;
}

static const struct command commands[] = {
    {"register", 0, 0, "usage: register", NULL, run_register},
    {"unregister", 0, 0, "usage: unregister", NULL, run_unregister},
    {"call", 1, 1, "usage: call URI", check_target, run_call},
    {"answer", 0, 0, "usage: answer", NULL, run_answer},
    {"reject", 0, 1, "usage: reject [CODE]", check_reject, run_reject},
    {"hold", 0, 0, "usage: hold", NULL, run_hold},
    {"resume", 0, 0, "usage: resume", NULL, run_resume},
    {"message", 2, 2, "usage: message URI TEXT (quotes around a text with spaces)", check_message,
     run_message},
    {"options", 1, 1, "usage: options URI", check_target, run_options},
    {"hangup", 0, 0, "usage: hangup", NULL, run_hangup},
    {"wait", 1, 2, "usage: wait EVENT [SECONDS]", check_wait, run_wait},
    {"sleep", 1, 1, "usage: sleep SECONDS", check_sleep, run_sleep},
    {"status", 0, 0, "usage: status", NULL, run_status},
    {"quit", 0, 0, "usage: quit", NULL, run_quit},
};

const struct command *commands_find(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(commands[i].name, name) == 0) {
            return &commands[i];
        }
    }
    return NULL;
}

const char *commands_check(const words *line)
{
    const struct command *command = commands_find(line->items[0]);
    size_t n = line->count - 1;

    if (command == NULL) {
        return "no such command; there are register, unregister, call, answer, reject, hold, "
               "resume, "
               "message, options, hangup, wait, sleep, status and quit";
    }
    if (n < command->min_args || n > command->max_args) {
        return command->usage;
    }
    return command->check != NULL ? command->check(line->items + 1, n) : NULL;
}

int commands_run(struct script *script, const words *line)
{
    const struct command *command = commands_find(line->items[0]);

    script->command = command->name;
    return command->run(script, line->items + 1, line->count - 1);
}
