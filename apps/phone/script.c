#include "phone/script.h"

#include "common/say.h"
#include <stdlib.h>
#include <string.h>

#define WAIT_S 30.0
#define BIT(event) (1u << (event))

/* What a command leaves behind: 0 done, BUSY when the script waits for an event or time, else a
 * SIP_E…. */
#define BUSY 1

struct command {
    const char *name;
    unsigned min_args, max_args;
    const char *usage;
    int (*run)(struct script *script, char **args, size_t n);
};

/* Hold the script until one of `wanted` has happened; one of `fatal` makes the command fail, and so
 * does the time (if it is not 0). */
static int await(struct script *script, unsigned wanted, unsigned fatal, double seconds)
{
    script->wanted = wanted;
    script->fatal = fatal;
    if (seconds > 0) {
        sip_timer_set(sip_stack_worker(script->phone->stack, 0), &script->timer,
                      (uint32_t)(seconds * 1000.0));
    }
    return BUSY;
}

/* Seconds from 0 to a day; false if `text` is no such number. */
static bool read_seconds(const char *text, double *ret_seconds)
{
    char *end;
    double seconds = strtod(text, &end);

    if (end == text || *end != '\0' || !(seconds >= 0.0 && seconds <= 86400.0)) {
        return false;
    }
    *ret_seconds = seconds;
    return true;
}

static int run_register(struct script *script, char **args, size_t n)
{
    int err = phone_register(script->phone);

    (void)args, (void)n;
    return err != 0 ? err
                    : await(script, BIT(EVENT_REGISTERED),
                            BIT(EVENT_REGISTRATION_FAILED) | BIT(EVENT_REGISTRATION_RETRYING), 0);
}

static int run_unregister(struct script *script, char **args, size_t n)
{
    int err = phone_unregister(script->phone);

    (void)args, (void)n;
    return err != 0 ? err
                    : await(script, BIT(EVENT_UNREGISTERED), BIT(EVENT_REGISTRATION_FAILED), 0);
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
    return err != 0 ? err : await(script, BIT(EVENT_CONNECTED), BIT(EVENT_TERMINATED), 0);
}

static int run_reject(struct script *script, char **args, size_t n)
{
    long status = n == 0 ? 486 : strtol(args[0], NULL, 10);
    int err;

    if (status < 300 || status > 699) {
        return phone_refuse(script->phone, "reject", SIP_EINVAL, "the code must be 300 to 699");
    }
    err = calls_reject(script->phone, (int)status);
    return err != 0 ? err : await(script, BIT(EVENT_TERMINATED), 0, 0);
}

static int run_hold(struct script *script, char **args, size_t n)
{
    int err = calls_hold(script->phone, true);

    (void)args, (void)n;
    return err != 0
               ? err
               : await(script, BIT(EVENT_HELD), BIT(EVENT_HOLD_FAILED) | BIT(EVENT_TERMINATED), 0);
}

static int run_resume(struct script *script, char **args, size_t n)
{
    int err = calls_hold(script->phone, false);

    (void)args, (void)n;
    return err != 0 ? err
                    : await(script, BIT(EVENT_RESUMED),
                            BIT(EVENT_HOLD_FAILED) | BIT(EVENT_TERMINATED), 0);
}

static int run_message(struct script *script, char **args, size_t n)
{
    int err = phone_message(script->phone, args[0], args[1]);

    (void)n;
    return err != 0 ? err : await(script, BIT(EVENT_MESSAGE_SENT), BIT(EVENT_MESSAGE_FAILED), 0);
}

static int run_options(struct script *script, char **args, size_t n)
{
    int err = phone_options_query(script->phone, args[0]);

    (void)n;
    return err != 0 ? err
                    : await(script, BIT(EVENT_OPTIONS_ANSWERED), BIT(EVENT_OPTIONS_FAILED), 0);
}

static int run_hangup(struct script *script, char **args, size_t n)
{
    int err = calls_hang_up(script->phone);

    (void)args, (void)n;
    return err != 0 ? err : await(script, BIT(EVENT_TERMINATED), 0, 0);
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

    if (event == EVENT_COUNT) {
        return phone_refuse(script->phone, "wait", SIP_EINVAL, "no event has this name");
    }
    if (n > 1 && !read_seconds(args[1], &seconds)) {
        return phone_refuse(script->phone, "wait", SIP_EINVAL, "SECONDS must be 0 to 86400");
    }
    for (uint64_t i = script->seen > oldest ? script->seen : oldest; i < script->happened; i++) {
        if (script->history[i % SCRIPT_HISTORY] == event) {
            script->seen = i + 1;
            return 0;
        }
    }
    return await(script, BIT(event),
                 sip_list_is_empty(&script->phone->calls) ? 0 : fatal_for(event),
                 seconds > 0 ? seconds : 0.001);
}

static int run_sleep(struct script *script, char **args, size_t n)
{
    double seconds;

    (void)n;
    if (!read_seconds(args[0], &seconds)) {
        return phone_refuse(script->phone, "sleep", SIP_EINVAL, "SECONDS must be 0 to 86400");
    }
    return await(script, 0, 0, seconds > 0 ? seconds : 0.001);
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
    {"register", 0, 0, "register", run_register},
    {"unregister", 0, 0, "unregister", run_unregister},
    {"call", 1, 1, "call URI", run_call},
    {"answer", 0, 0, "answer", run_answer},
    {"reject", 0, 1, "reject [CODE]", run_reject},
    {"hold", 0, 0, "hold", run_hold},
    {"resume", 0, 0, "resume", run_resume},
    {"message", 2, 2, "message URI TEXT", run_message},
    {"options", 1, 1, "options URI", run_options},
    {"hangup", 0, 0, "hangup", run_hangup},
    {"wait", 1, 2, "wait EVENT [SECONDS]", run_wait},
    {"sleep", 1, 1, "sleep SECONDS", run_sleep},
    {"status", 0, 0, "status", run_status},
    {"quit", 0, 0, "quit", run_quit},
};

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(commands[i].name, name) == 0) {
            return &commands[i];
        }
    }
    return NULL;
}

static int run_words(struct script *script, const words *line)
{
    const struct command *command = find_command(line->items[0]);
    size_t n = line->count - 1;

    if (command == NULL) {
        return phone_refuse(script->phone, line->items[0], SIP_EINVAL,
                            "no such command; see --help");
    }
    if (n < command->min_args || n > command->max_args) {
        return phone_refuse(script->phone, command->name, SIP_EINVAL, command->usage);
    }
    script->command = command->name;
    return command->run(script, line->items + 1, n);
}

static int run_line(struct script *script, const char *text)
{
    words line = {0};
    int result = 0;

    if (!words_split(&line, text)) {
        result = phone_refuse(script->phone, text, SIP_EINVAL, "a quote is not closed");
    } else if (line.count > 0) {
        result = run_words(script, &line);
    }
    words_clear(&line);
    return result;
}

static bool nothing_left(const struct script *script)
{
    return !script->open && !script->busy && sip_list_is_empty(&script->phone->calls) &&
           script->phone->oneshots == 0;
}

static void on_work(sip_turn_work *work)
{
    struct script *script = SIP_CONTAINER_OF(work, struct script, work);

    while (!script->busy && !script->phone->leaving && script->next < script->pending.count) {
        int result = run_line(script, script->pending.items[script->next++]);

        script->busy = result == BUSY;
        script->failed = script->failed || result < 0;
    }
    if (script->next == script->pending.count) {
        words_clear(&script->pending);
        script->next = 0;
    }
    if (nothing_left(script) && script->pending.count == 0) {
        phone_quit(script->phone);
    }
}

static void go_on(struct script *script)
{
    sip_worker_at_turn_end(sip_stack_worker(script->phone->stack, 0), &script->work);
}

static void finish_command(struct script *script, bool failed)
{
    script->busy = false;
    script->wanted = script->fatal = 0;
    script->failed = script->failed || failed;
    sip_timer_clear(sip_stack_worker(script->phone->stack, 0), &script->timer);
}

static void on_time(void *arg)
{
    struct script *script = arg;
    bool waited = script->wanted != 0;

    finish_command(script, waited);
    if (waited) {
        phone_refuse(script->phone, script->command, SIP_EAGAIN, "it did not happen in time");
    }
    go_on(script);
}

static void on_event(phone_event event, void *arg)
{
    struct script *script = arg;

    script->history[script->happened++ % SCRIPT_HISTORY] = event;
    if (script->busy && ((script->wanted | script->fatal) & BIT(event)) != 0) {
        script->seen = script->happened;
        finish_command(script, (script->wanted & BIT(event)) == 0);
    }
    go_on(script);
}

void script_init(struct script *script, struct phone *phone)
{
    *script = (struct script){.phone = phone, .open = true};
    sip_timer_init(&script->timer, on_time, script);
    sip_list_init(&script->work.link);
    script->work.fn = on_work;
    phone->events.listener = on_event;
    phone->events.arg = script;
}

void script_add_line(struct script *script, const char *line)
{
    if (!words_add(&script->pending, line)) {
        script->failed = true;
    }
    go_on(script);
}

/* One more word of a line, in quotes so that words_split() gives it back. */
static void append_quoted(char *line, const char *word)
{
    char *at = line + strlen(line);

    *at++ = ' ';
    *at++ = '"';
    for (; *word != '\0'; word++) {
        if (*word == '"' || *word == '\\') {
            *at++ = '\\';
        }
        *at++ = *word;
    }
    *at++ = '"';
    *at = '\0';
}

/* How many of the n arguments after a command's name are its own. */
static int count_own(const struct command *command, char **arguments, int n)
{
    int own = 0;

    while (own < n && own < (int)command->max_args &&
           (own < (int)command->min_args || find_command(arguments[own]) == NULL)) {
        own++;
    }
    return own;
}

static int add_command(struct script *script, const struct command *command, char **arguments,
                       int own)
{
    size_t room = strlen(command->name) + 1;
    char *line;

    for (int i = 0; i < own; i++) {
        room += 2 * strlen(arguments[i]) + 4;
    }
    line = malloc(room);
    if (line == NULL) {
        return 1;
    }
    memcpy(line, command->name, strlen(command->name) + 1);
    for (int i = 0; i < own; i++) {
        append_quoted(line, arguments[i]);
    }
    script_add_line(script, line);
    free(line);
    return 0;
}

int script_add_arguments(struct script *script, char **arguments, int n)
{
    int status = 0;

    for (int i = 0; i < n && status == 0; i++) {
        const struct command *command = find_command(arguments[i]);
        int own = 0;

        if (command != NULL) {
            own = count_own(command, arguments + i + 1, n - i - 1);
            if (own < (int)command->min_args) {
                say_error(PHONE_PROGRAM, "command '%s' needs more: %s", command->name,
                          command->usage);
                return 2;
            }
            status = add_command(script, command, arguments + i + 1, own);
        } else if (strchr(arguments[i], ' ') != NULL) {
            script_add_line(script, arguments[i]);
        } else {
            say_error(PHONE_PROGRAM, "'%s' is no command; see --help", arguments[i]);
            return 2;
        }
        i += own;
    }
    return status;
}

void script_close(struct script *script)
{
    script->open = false;
    go_on(script);
}

void script_finish(struct script *script)
{
    script->phone->events.listener = NULL;
    words_clear(&script->pending);
}
