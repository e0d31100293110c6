#include "phone/events.h"

#include <stdarg.h>
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

json_t *events_text(sip_str text)
{
    json_t *string = json_stringn(text.ptr == NULL ? "" : text.ptr, text.len);

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

void events_emit(struct events *events, phone_event event, json_t *members, const char *format, ...)
{
    char line[1024];
    va_list args;

    if (members == NULL) {
        members = json_object();
    }
    if (events->json) {
        print_json(events, event, members);
    } else {
        va_start(args, format);
        vsnprintf(line, sizeof line, format, args);
        va_end(args);
        fprintf(events->out, "%s%s", names[event], line[0] == '\0' ? "" : " ");
        print_clean(events->out, line);
    }
    fflush(events->out);
    json_decref(members);
    if (events->listener != NULL) {
        events->listener(event, events->arg);
    }
}
