#include "phone/script.h"

#include "common/say.h"
#include "phone/commands.h"
#include <stdlib.h>
#include <string.h>

int script_await(struct script *script, unsigned wanted, unsigned fatal, double seconds)
{
    script->wanted = wanted;
    script->fatal = fatal;
    if (seconds > 0) {
        sip_timer_set(sip_stack_worker(script->phone->stack, 0), &script->timer,
                      (uint32_t)(seconds * 1000.0));
    }
    return SCRIPT_BUSY;
}

int script_try_again(struct script *script, script_step *step, unsigned fatal, double seconds)
{
    script->again = step;
    return script_await(script, 0, fatal, seconds);
}

/* Split a line and check it. @return what is wrong; NULL: it can be run, or has no words */
static const char *read_line(words *line, const char *text)
{
    if (!words_split(line, text)) {
        return "a quote is not closed";
    }
    return line->count > 0 ? commands_check(line) : NULL;
}

static int run_line(struct script *script, const char *text)
{
    words line = {0};
    int result = 0;
    const char *why = read_line(&line, text);

    if (why != NULL) {
        const char *name = line.count > 0 ? line.items[0] : text;

        result = phone_refuse(script->phone, name, SIP_EINVAL, why);
    } else if (line.count > 0) {
        result = commands_run(script, &line);
    }
    words_clear(&line);
    return result;
}

static bool nothing_left(const struct script *script)
{
    return !script->open && !script->busy && sip_list_is_empty(&script->phone->calls) &&
           script->phone->oneshots == 0;
}

static void take_result(struct script *script, int result)
{
    script->busy = result == SCRIPT_BUSY;
    script->failed = script->failed || result < 0;
}

static void on_work(sip_turn_work *work)
{
    struct script *script = SIP_CONTAINER_OF(work, struct script, work);

    while (!script->busy && !script->phone->leaving && script->next < script->pending.count) {
        take_result(script, run_line(script, script->pending.items[script->next++]));
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
    script->again = NULL;
    script->wanted = script->fatal = 0;
    script->failed = script->failed || failed;
    sip_timer_clear(sip_stack_worker(script->phone->stack, 0), &script->timer);
}

static void on_time(void *arg)
{
    struct script *script = arg;
    script_step *again = script->again;
    bool waited = script->wanted != 0;

    finish_command(script, waited);
    if (again != NULL) {
        take_result(script, again(script, NULL, 0));
    } else if (waited) {
        phone_refuse(script->phone, script->command, SIP_EAGAIN, "it did not happen in time");
    }
    go_on(script);
}

static void on_event(phone_event event, void *arg)
{
    struct script *script = arg;

    script->history[script->happened++ % SCRIPT_HISTORY] = event;
    if (script->busy && ((script->wanted | script->fatal) & (1u << event)) != 0) {
        script->seen = script->happened;
        finish_command(script, (script->wanted & (1u << event)) == 0);
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
           (own < (int)command->min_args || commands_find(arguments[own]) == NULL)) {
        own++;
    }
    return own;
}

/* A line of the command line, where a mistake ends all before anything is done. */
static int add_checked(struct script *script, const char *text)
{
    words line = {0};
    const char *why = read_line(&line, text);

    words_clear(&line);
    if (why != NULL) {
        say_error(PHONE_PROGRAM, "command '%s': %s", text, why);
        return 2;
    }
    script_add_line(script, text);
    return 0;
}

static int add_command(struct script *script, const struct command *command, char **arguments,
                       int own)
{
    size_t room = strlen(command->name) + 1;
    char *line;
    int status;

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
    status = add_checked(script, line);
    free(line);
    return status;
}

int script_add_arguments(struct script *script, char **arguments, int n)
{
    int status = 0;

    for (int i = 0; i < n && status == 0; i++) {
        const struct command *command = commands_find(arguments[i]);
        int own = 0;

        if (command != NULL) {
            own = count_own(command, arguments + i + 1, n - i - 1);
            status = add_command(script, command, arguments + i + 1, own);
        } else if (strchr(arguments[i], ' ') != NULL) {
            status = add_checked(script, arguments[i]);
        } else {
            say_error(PHONE_PROGRAM, "'%s' is no command%s; see --help", arguments[i],
                      arguments[i][0] == '-' ? ", and options stand before the commands" : "");
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
    if (script->phone->interrupted && (script->busy || script->next < script->pending.count)) {
        script->failed = true; /* what was asked for has not been done */
    }
    script->phone->events.listener = NULL;
    words_clear(&script->pending);
}
