#include "phone/events.h"

#include "phone/line_input.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[EVENT_COUNT] = {
#define PHONE_EVENT_NAME(id, name) name,
    PHONE_EVENT_MAP(PHONE_EVENT_NAME)
#undef PHONE_EVENT_NAME
};

const char *event_name(phone_event event)
{
    return names[event];
}

phone_event event_of(const char *name)
{
    unsigned i = 0;

    while (i < EVENT_COUNT && strcmp(names[i], name) != 0) {
        i++;
    }
    return (phone_event)i;
}

/* The text with a question mark for each byte beyond ASCII: it was in no encoding that JSON has. */
static json_t *ascii_of(sip_str text)
{
    char *copy = malloc(text.len + 1);
    json_t *string;

    if (copy == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < text.len; i++) {
        copy[i] = (unsigned char)text.ptr[i] < 0x80 ? text.ptr[i] : '?';
    }
    string = json_stringn(copy, text.len);
    free(copy);
    return string;
}

json_t *events_text(sip_str text)
{
    json_t *string = json_stringn(text.ptr == NULL ? "" : text.ptr, text.len);

    if (string == NULL) {
        string = ascii_of(text);
    }
    return string != NULL ? string : json_string("");
}

static void print_json(const struct events *events, phone_event event, json_t *members)
{
    json_t *object = json_object();

    json_object_set_new(object, "event", json_string(names[event]));
    json_object_update(object, members);
    json_dumpf(object, events->out, JSON_COMPACT | JSON_PRESERVE_ORDER);
    fputc('\n', events->out);
    json_decref(object);
}

/* Control characters of peers must not reach a terminal. */
static void print_clean(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        fputc((unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text, out);
    }
    fputc('\n', out);
}

/* What a peer sends may be long: 64 KiB hold any message. */
static void print_line(const struct events *events, phone_event event, const char *format,
                       va_list args)
{
    static char line[65536];

    vsnprintf(line, sizeof line, format, args);
    fprintf(events->out, "%s%s", names[event], line[0] == '\0' ? "" : " ");
    print_clean(events->out, line);
}

void events_emit(struct events *events, phone_event event, json_t *members, const char *format, ...)
{
    va_list args;

    if (members == NULL) {
        members = json_object();
    }
    line_input_hide();
    if (events->json) {
        print_json(events, event, members);
    } else {
        va_start(args, format);
        print_line(events, event, format, args);
        va_end(args);
    }
    fflush(events->out);
    line_input_show();
    json_decref(members);
    if (events->listener != NULL) {
        events->listener(event, events->arg);
    }
}
