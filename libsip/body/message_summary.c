#include <sip/message_summary.h>

#include "body/body_box.h"
#include "body/body_line.h"
#include "body/body_registry.h"
#include "parser/cursor.h"
#include "parser/numeric.h"

#include <string.h>

static const char *const class_names[] = {
    [SIP_MESSAGE_OTHER] = NULL,
    [SIP_MESSAGE_VOICE] = "Voice-Message",
    [SIP_MESSAGE_VIDEO] = "Video-Message",
    [SIP_MESSAGE_FAX] = "Fax-Message",
    [SIP_MESSAGE_PAGER] = "Pager-Message",
    [SIP_MESSAGE_MULTIMEDIA] = "Multimedia-Message",
    [SIP_MESSAGE_TEXT] = "Text-Message",
    [SIP_MESSAGE_NONE] = "None",
};

#define N_CLASSES (sizeof class_names / sizeof class_names[0])

static sip_message_class class_of(sip_str name)
{
    for (unsigned i = 1; i < N_CLASSES; i++) {
        if (sip_str_equal_nocase(name, class_names[i])) {
            return (sip_message_class)i;
        }
    }
    return SIP_MESSAGE_OTHER;
}

static bool take_number(sip_str *rest, uint32_t *ret_number)
{
    return sip__number_parse(sip__take_class(rest, SIP__CHAR_DIGIT), ret_number) == 0;
}

/* Read "2/8 (0/2)". */
static int read_count(sip_str value, sip_message_count *count)
{
    if (!take_number(&value, &count->new_messages) || !sip__take_char(&value, '/') ||
        !take_number(&value, &count->old_messages)) {
        return SIP_ESYNTAX;
    }
    if (sip__take_char(&value, '(')) {
        count->has_urgent = true;
        if (!take_number(&value, &count->new_urgent) || !sip__take_char(&value, '/') ||
            !take_number(&value, &count->old_urgent) || !sip__take_char(&value, ')')) {
            return SIP_ESYNTAX;
        }
    }
    return value.len == 0 ? 0 : SIP_ESYNTAX;
}

typedef struct summary_reader {
    sip_message_summary *summary;
    sip_message_count *counts;
    sip_message_header *headers;
    bool has_status;
} summary_reader;

static int read_status(summary_reader *reader, sip_str value)
{
    reader->summary->waiting = sip_str_equal_nocase(value, "yes");
    reader->has_status = true;
    return reader->summary->waiting || sip_str_equal_nocase(value, "no") ? 0 : SIP_ESYNTAX;
}

static int read_line(summary_reader *reader, sip_str name, sip_str value)
{
    sip_message_count *count = &reader->counts[reader->summary->n_counts];

    if (!reader->has_status) {
        return sip_str_equal_nocase(name, "Messages-Waiting") ? read_status(reader, value)
                                                              : SIP_ESYNTAX;
    }
    if (sip_str_equal_nocase(name, "Message-Account")) {
        reader->summary->account = value;
        return 0;
    }
    if (value.len == 0 || !sip__is_char(*value.ptr, SIP__CHAR_DIGIT)) {
        return class_of(name) == SIP_MESSAGE_OTHER ? 0 : SIP_ESYNTAX;
    }
    *count = (sip_message_count){.class_id = class_of(name), .class_text = name};
    reader->summary->n_counts++;
    return read_count(value, count);
}

static size_t count_lines(sip_str text)
{
    size_t count = 0;
    sip_str line;

    while (sip__body_line_take(&text, &line)) {
        count += line.len > 0;
    }
    return count;
}

/* Read the headers of messages, behind the first blank line. */
static int read_messages(summary_reader *reader, sip__arena *arena, sip_str text)
{
    sip_message_summary *summary = reader->summary;
    sip__body_line line;
    sip_str name, value;
    bool begins = true;

    while ((line = sip__body_header_take(&text, &name, &value)) != SIP__BODY_END) {
        if (line == SIP__BODY_BAD) {
            return SIP_ESYNTAX;
        }
        if (line == SIP__BODY_HEADER) {
            sip_message_header *header = &reader->headers[summary->n_headers++];

            if (!sip__body_unfold(arena, value, &value)) {
                return SIP_ENOMEM;
            }
            *header = (sip_message_header){name, value, begins};
        }
        begins = line == SIP__BODY_BLANK;
    }
    return 0;
}

static int read_all(sip_message_summary *summary, sip_str text, const sip_body_registry *registry)
{
    const size_t n_lines = count_lines(text);
    sip__arena *arena = sip__body_box_arena(summary);
    summary_reader reader = {.summary = summary};
    sip__body_line line;
    sip_str name, value;
    int err = 0;

    if (n_lines > sip__body_limits_of(registry).headers) {
        return SIP__BODY_OVER(registry, too_many_headers);
    }
    reader.counts = sip__arena_alloc(arena, n_lines * sizeof(*reader.counts));
    reader.headers = sip__arena_alloc(arena, n_lines * sizeof(*reader.headers));
    if (reader.counts == NULL || reader.headers == NULL) {
        return SIP_ENOMEM;
    }
    summary->counts = reader.counts;
    summary->headers = reader.headers;
    while (err == 0 && (line = sip__body_header_take(&text, &name, &value)) == SIP__BODY_HEADER) {
        err = sip__body_unfold(arena, value, &value) ? read_line(&reader, name, value) : SIP_ENOMEM;
    }
    if (err != 0) {
        return err;
    }
    if (line == SIP__BODY_BAD || !reader.has_status) {
        return SIP_ESYNTAX;
    }
    return read_messages(&reader, arena, text);
}

static int read_summary(const sip_allocator *allocator, sip_str text,
                        const sip_body_registry *registry, sip_message_summary **ret_summary)
{
    sip_message_summary *summary = sip__body_box_create(allocator, sizeof(*summary));
    int err;

    if (summary == NULL) {
        return SIP_ENOMEM;
    }
    err = read_all(summary, text, registry);
    if (err != 0) {
        sip_message_summary_free(allocator, summary);
        return err;
    }
    *ret_summary = summary;
    return 0;
}

int sip_message_summary_parse(const sip_allocator *allocator, sip_str text,
                              sip_message_summary **ret_summary)
{
    return read_summary(allocator, text, NULL, ret_summary);
}

void sip_message_summary_free(const sip_allocator *allocator, sip_message_summary *summary)
{
    sip__body_box_free(allocator, summary);
}

static void put_pair(sip__body_out *out, uint32_t a, uint32_t b)
{
    sip__body_put_number(out, a);
    sip__body_put(out, SIP_STR("/"));
    sip__body_put_number(out, b);
}

static void put_count(sip__body_out *out, const sip_message_count *count)
{
    sip_str name = count->class_text;

    if (name.len == 0 && (unsigned)count->class_id < N_CLASSES) {
        name = sip_str_of(class_names[count->class_id]);
    }
    if (!sip__is_token(name)) {
        out->err = SIP_EINVAL;
    }
    sip__body_put(out, name);
    sip__body_put(out, SIP_STR(": "));
    put_pair(out, count->new_messages, count->old_messages);
    if (count->has_urgent) {
        sip__body_put(out, SIP_STR(" ("));
        put_pair(out, count->new_urgent, count->old_urgent);
        sip__body_put(out, SIP_STR(")"));
    }
    sip__body_put(out, SIP_STR("\r\n"));
}

int sip_message_summary_print(const sip_message_summary *summary, char *out, size_t size)
{
    sip__body_out text = {.at = out, .size = size};

    if (summary == NULL || (out == NULL && size > 0)) {
        return SIP_EINVAL;
    }
    sip__body_put_header(&text, SIP_STR("Messages-Waiting"),
                         summary->waiting ? SIP_STR("yes") : SIP_STR("no"));
    if (summary->account.len > 0) {
        sip__body_put_header(&text, SIP_STR("Message-Account"), summary->account);
    }
    for (size_t i = 0; i < summary->n_counts; i++) {
        put_count(&text, &summary->counts[i]);
    }
    for (size_t i = 0; i < summary->n_headers; i++) {
        if (i == 0 || summary->headers[i].begins) {
            sip__body_put(&text, SIP_STR("\r\n"));
        }
        sip__body_put_header(&text, summary->headers[i].name, summary->headers[i].value);
    }
    return sip__body_out_end(&text);
}

const sip_message_count *sip_message_summary_find(const sip_message_summary *summary,
                                                  sip_message_class class_id)
{
    for (size_t i = 0; summary != NULL && i < summary->n_counts; i++) {
        if (summary->counts[i].class_id == class_id) {
            return &summary->counts[i];
        }
    }
    return NULL;
}

static int read_body(const sip_allocator *allocator, const sip_body *body,
                     const sip_body_registry *registry, void **ret_object)
{
    sip_message_summary *summary;
    int err = read_summary(allocator, body->data, registry, &summary);

    if (err == 0) {
        *ret_object = summary;
    }
    return err;
}

static int print_body(const void *object, char *out, size_t size)
{
    return sip_message_summary_print(object, out, size);
}

const sip_body_type sip_message_summary_type = {
    .codec = {"application/simple-message-summary", print_body},
    .read = read_body,
    .free = sip__body_box_free};
