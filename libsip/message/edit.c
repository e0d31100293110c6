#include "message/build_internal.h"

#include <string.h>

#define ROOM_BYTES 1024u
#define LIMIT_BYTES (UINT32_C(1) << 20)

/* What comes before a line of the original, or in its place. */
typedef struct edit_change {
    struct edit_change *next;
    uint32_t line; /* n_lines: the end */
    bool replaces; /* the line itself goes; changes before it are first */
    sip_header_id id;
    sip_str name, value; /* value.ptr NULL: nothing comes */
} edit_change;

struct sip_edit {
    sip_msg *from;
    int err;
    sip_str uri;          /* empty: as it was */
    edit_change *changes; /* in the order of printing */
    size_t n_changes, bytes;
    bool received;
    bool new_body;
    const sip_body *body;
    sip__arena arena;
    char room[ROOM_BYTES];
};

static void fail(sip_edit *edit, int err)
{
    if (edit->err == 0) {
        edit->err = err;
    }
}

sip_edit *sip_edit_create(const sip_msg *from)
{
    sip_edit *edit = from != NULL ? sip_alloc(from->allocator, sizeof *edit) : NULL;

    if (edit == NULL) {
        return NULL;
    }
    memset(edit, 0, offsetof(sip_edit, arena));
    edit->from = sip_msg_ref(from);
    edit->err = from->wants_contact ? SIP_EINVAL : 0;
    sip__arena_init(&edit->arena, from->allocator, edit->room, sizeof edit->room, LIMIT_BYTES);
    return edit;
}

void sip_edit_discard(sip_edit *edit)
{
    if (edit != NULL) {
        const sip_allocator *allocator = edit->from->allocator;

        sip__arena_finish(&edit->arena);
        sip_msg_unref(edit->from);
        sip_free(allocator, edit);
    }
}

static sip_str keep(sip_edit *edit, sip_str text)
{
    char *copy = sip__arena_alloc(&edit->arena, text.len + 1);

    if (copy == NULL) {
        fail(edit, SIP_ENOMEM);
        return (sip_str){NULL, 0};
    }
    if (text.len > 0) {
        memcpy(copy, text.ptr, text.len);
    }
    return (sip_str){copy, text.len};
}

/* Enter a change behind those that `is_top` leaves above it. */
static edit_change *enter(sip_edit *edit, uint32_t line, bool replaces, bool is_top)
{
    edit_change **at = &edit->changes;
    edit_change *change = sip__arena_alloc(&edit->arena, sizeof *change);

    if (change == NULL) {
        fail(edit, SIP_ENOMEM);
        return NULL;
    }
    while (*at != NULL && ((*at)->line < line ||
                           ((*at)->line == line && !(*at)->replaces && (replaces || !is_top)))) {
        at = &(*at)->next;
    }
    *change = (edit_change){.next = *at, .line = line, .replaces = replaces};
    *at = change;
    edit->n_changes++;
    return change;
}

/* The line goes, and what may have been in its place. */
static edit_change *replace_line(sip_edit *edit, uint32_t line)
{
    for (edit_change *change = edit->changes; change != NULL; change = change->next) {
        if (change->line == line && change->replaces) {
            change->value = (sip_str){NULL, 0};
            return change;
        }
    }
    return enter(edit, line, true, false);
}

static void fill(sip_edit *edit, edit_change *change, sip_header_id id, sip_str name, sip_str value)
{
    if (change != NULL) {
        change->id = id;
        change->name = name;
        change->value = value;
        edit->bytes += name.len + value.len + 4;
    }
}

static bool is_sound(sip_edit *edit, sip_header_id id, sip_str value)
{
    if (edit == NULL || edit->err != 0) {
        return false;
    }
    if ((unsigned)id >= SIP_HEADER_COUNT || id == SIP_HEADER_OTHER ||
        id == SIP_HEADER_CONTENT_LENGTH || !sip__is_one_line(value)) {
        fail(edit, SIP_EINVAL);
        return false;
    }
    return true;
}

/* Behind the last Via, where a new header is seen first. */
static uint32_t behind_vias(const sip_msg *msg)
{
    uint32_t line = 0;

    for (uint32_t next = msg->first[SIP_HEADER_VIA]; next != 0; next = msg->lines[next - 1].next) {
        line = next;
    }
    return line;
}

static uint32_t behind_last(const sip_msg *msg, sip_header_id id)
{
    uint32_t line = msg->n_lines;

    for (uint32_t next = msg->first[id]; next != 0; next = msg->lines[next - 1].next) {
        line = next;
    }
    return line;
}

static void add(sip_edit *edit, uint32_t line, bool is_top, sip_header_id id, sip_str value)
{
    const sip_str copy = keep(edit, sip_str_trim(value));

    if (copy.ptr != NULL) {
        fill(edit, enter(edit, line, false, is_top), id, sip_header_name(id), copy);
    }
}

void sip_edit_push(sip_edit *edit, sip_header_id id, sip_str value)
{
    if (is_sound(edit, id, value)) {
        const sip_msg *from = edit->from;

        add(edit, from->first[id] != 0 ? from->first[id] - 1u : behind_vias(from), true, id, value);
    }
}

void sip_edit_append(sip_edit *edit, sip_header_id id, sip_str value)
{
    if (is_sound(edit, id, value)) {
        add(edit, behind_last(edit->from, id), false, id, value);
    }
}

void sip_edit_append_uri(sip_edit *edit, sip_header_id id, sip_str uri)
{
    char *value;

    if (!is_sound(edit, id, uri)) {
        return;
    }
    if (!sip__is_solid(uri) || memchr(uri.ptr, '>', uri.len) != NULL) {
        fail(edit, SIP_EINVAL);
        return;
    }
    value = sip__arena_alloc(&edit->arena, uri.len + 2);
    if (value == NULL) {
        fail(edit, SIP_ENOMEM);
        return;
    }
    value[0] = '<';
    memcpy(value + 1, uri.ptr, uri.len);
    value[uri.len + 1] = '>';
    fill(edit, enter(edit, behind_last(edit->from, id), false, false), id, sip_header_name(id),
         (sip_str){value, uri.len + 2});
}

/* No line of this header is left. */
static void remove_all(sip_edit *edit, sip_header_id id)
{
    const sip_msg *from = edit->from;

    for (edit_change *change = edit->changes; change != NULL; change = change->next) {
        if (change->id == id) {
            change->value = (sip_str){NULL, 0};
        }
    }
    for (uint32_t next = from->first[id]; next != 0; next = from->lines[next - 1].next) {
        (void)replace_line(edit, next - 1);
    }
}

void sip_edit_remove(sip_edit *edit, sip_header_id id)
{
    if (is_sound(edit, id, (sip_str){NULL, 0})) {
        remove_all(edit, id);
    }
}

void sip_edit_set(sip_edit *edit, sip_header_id id, sip_str value)
{
    sip_str copy;

    if (!is_sound(edit, id, value)) {
        return;
    }
    remove_all(edit, id);
    if (edit->from->first[id] == 0) {
        sip_edit_push(edit, id, value);
        return;
    }
    copy = keep(edit, sip_str_trim(value));
    if (copy.ptr != NULL) {
        fill(edit, replace_line(edit, edit->from->first[id] - 1u), id, sip_header_name(id), copy);
    }
}

void sip_edit_remove_values(sip_edit *edit, sip_header_id id, size_t n)
{
    const sip_msg *from;

    if (!is_sound(edit, id, (sip_str){NULL, 0})) {
        return;
    }
    from = edit->from;
    for (uint32_t next = from->first[id]; next != 0 && n > 0; next = from->lines[next - 1].next) {
        const sip_str value = sip__header_skip(id, sip__msg_line_value(from, next - 1), &n);
        edit_change *change = replace_line(edit, next - 1);

        if (value.len > 0) { /* of the original, which lives as long as this */
            fill(edit, change, id, sip__msg_line_name(from, next - 1), value);
        }
    }
}

void sip_edit_line(sip_edit *edit, size_t i, sip_str value)
{
    edit_change *change;
    sip_str copy = {NULL, 0};

    if (edit == NULL || edit->err != 0) {
        return;
    }
    if (i >= edit->from->n_lines || !sip__is_one_line(value) ||
        edit->from->lines[i].id == SIP_HEADER_CONTENT_LENGTH) {
        fail(edit, SIP_EINVAL);
        return;
    }
    if (value.ptr != NULL) {
        copy = keep(edit, sip_str_trim(value));
    }
    change = replace_line(edit, (uint32_t)i);
    if (copy.ptr != NULL) {
        fill(edit, change, (sip_header_id)edit->from->lines[i].id,
             sip__msg_line_name(edit->from, i), copy);
    }
}

void sip_edit_request_uri(sip_edit *edit, sip_str uri)
{
    if (edit == NULL || edit->err != 0) {
        return;
    }
    if (!edit->from->is_request || !sip__is_solid(uri)) {
        fail(edit, SIP_EINVAL);
        return;
    }
    edit->uri = keep(edit, sip__without_uri_headers(uri));
    edit->bytes += uri.len;
}

void sip_edit_received(sip_edit *edit)
{
    if (edit != NULL && edit->from->first[SIP_HEADER_VIA] != 0) {
        edit->received = true;
    }
}

void sip_edit_body(sip_edit *edit, const sip_body *body)
{
    if (edit == NULL || edit->err != 0) {
        return;
    }
    for (uint32_t i = 0; i < edit->from->n_lines; i++) {
        const sip_header_id id = (sip_header_id)edit->from->lines[i].id;

        if (id == SIP_HEADER_CONTENT_LENGTH || sip__header_is_about_body(id)) {
            (void)replace_line(edit, i);
        }
    }
    for (edit_change *change = edit->changes; change != NULL; change = change->next) {
        if (sip__header_is_about_body(change->id)) {
            change->value = (sip_str){NULL, 0};
        }
    }
    edit->new_body = true;
    edit->body = body;
}

/* The lines between two changes, the topmost Via amended where that is wanted. */
static void put_run(const sip_edit *edit, sip_build *build, uint32_t first, uint32_t end)
{
    const sip_msg *from = edit->from;
    const uint32_t via = from->first[SIP_HEADER_VIA] - 1u;

    if (!edit->received || via < first || via >= end) {
        sip__build_run(build, from, first, end);
        return;
    }
    sip__build_run(build, from, first, via);
    sip__build_begin(build, SIP_HEADER_VIA, sip__msg_line_name(from, via));
    sip__build_put_top_via(build, from, sip__msg_line_value(from, via));
    sip__build_end(build);
    sip__build_run(build, from, via + 1, end);
}

static void put_lines(const sip_edit *edit, sip_build *build)
{
    uint32_t at = 0;

    for (const edit_change *change = edit->changes; change != NULL; change = change->next) {
        put_run(edit, build, at, change->line);
        at = change->line + (change->replaces ? 1 : 0);
        if (change->value.ptr != NULL) {
            sip__build_line(build, change->id, change->name, change->value);
        }
    }
    put_run(edit, build, at, edit->from->n_lines);
}

static int print(const sip_edit *edit, sip_msg **ret_msg)
{
    const sip_msg *from = edit->from;
    sip_build build;

    sip__build_init(&build, from->allocator, from->n_lines + edit->n_changes + 2,
                    (size_t)from->n_bytes + from->n_extra + edit->bytes + 256);
    if (edit->uri.len > 0) {
        sip__build_request_line(&build, sip__msg_span(from, from->method_text), edit->uri);
    } else {
        sip__build_copy_start(&build, from);
    }
    if (build.err == 0) {
        build.msg->to_strict = edit->uri.len == 0 && from->to_strict;
    }
    put_lines(edit, &build);
    if (!edit->new_body) {
        return sip__build_give_body_of(&build, from, ret_msg);
    }
    sip_build_body(&build, edit->body);
    return sip__build_complete(&build, ret_msg);
}

int sip_edit_finish(sip_edit *edit, sip_msg **ret_msg)
{
    int err;

    if (edit == NULL) {
        return SIP_ENOMEM;
    }
    err = ret_msg != NULL ? edit->err : SIP_EINVAL;
    if (err == 0) {
        if (edit->changes == NULL && edit->uri.len == 0 && !edit->received && !edit->new_body) {
            *ret_msg = sip_msg_ref(edit->from);
        } else {
            err = print(edit, ret_msg);
        }
    }
    sip_edit_discard(edit);
    return err;
}
