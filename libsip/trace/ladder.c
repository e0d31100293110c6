#include <sip/trace.h>

#include <stdio.h>
#include <string.h>

#define COLUMNS 8
#define TIME_BYTES 11 /* "    1.204  " */
#define GAP 31        /* between two lanes */
#define LINE_BYTES (TIME_BYTES + COLUMNS * (GAP + 1) + 16)
#define LABEL_BYTES 128
#define MARK_BYTES 96

typedef struct column {
    char name[SIP_ADDR_TEXT_BYTES];
    sip_addr addr;
    bool is_elsewhere; /* stands for all that have no column */
} column;

struct sip_ladder {
    const sip_allocator *allocator;
    column columns[COLUMNS];
    size_t count;
    bool has_begun;
    sip_time_ms began_ms;
};

int sip_ladder_create(const sip_allocator *allocator, sip_ladder **ret_ladder)
{
    sip_ladder *ladder = sip_alloc0(allocator, sizeof(*ladder));

    if (!ladder) {
        return SIP_ENOMEM;
    }
    ladder->allocator = allocator;
    *ret_ladder = ladder;
    return 0;
}

void sip_ladder_destroy(sip_ladder *ladder)
{
    if (ladder) {
        sip_free(ladder->allocator, ladder);
    }
}

static column *find_exact(sip_ladder *ladder, const sip_addr *addr)
{
    for (size_t i = 0; i < ladder->count; i++) {
        column *c = &ladder->columns[i];

        if (!c->is_elsewhere && sip_addr_equal(&c->addr, addr)) {
            return c;
        }
    }
    return NULL;
}

static column *find(sip_ladder *ladder, const sip_addr *addr)
{
    column *exact = find_exact(ladder, addr);

    if (exact) {
        return exact;
    }
    for (size_t i = 0; i < ladder->count; i++) {
        column *c = &ladder->columns[i];

        if (c->is_elsewhere || (c->addr.port == 0 && sip_addr_same_host(&c->addr, addr))) {
            return c;
        }
    }
    return NULL;
}

int sip_ladder_add_column(sip_ladder *ladder, const char *name, const sip_addr *addr)
{
    column *c = find_exact(ladder, addr);

    if (!c) {
        if (ladder->count == COLUMNS) {
            return SIP_ETOOBIG;
        }
        c = &ladder->columns[ladder->count++];
        c->addr = *addr;
    }
    snprintf(c->name, sizeof(c->name), "%s", name);
    return 0;
}

/* The place of an address's column. Unnamed addresses take columns up to the last, which is for all
 * others. */
static int column_of(sip_ladder *ladder, const sip_addr *addr, size_t *ret_at)
{
    char text[SIP_ADDR_TEXT_BYTES] = "?";
    column *c = find(ladder, addr);

    if (!c) {
        bool is_last = ladder->count == COLUMNS - 1;

        if (!is_last && addr->family != SIP_FAMILY_NONE) {
            sip_addr_text(addr, text);
        }
        int err = sip_ladder_add_column(ladder, is_last ? "elsewhere" : text, addr);

        if (err) {
            return err;
        }
        c = &ladder->columns[ladder->count - 1];
        c->is_elsewhere = is_last;
    }
    *ret_at = (size_t)(c - ladder->columns);
    return 0;
}

static bool has_sdp(const sip_msg *msg)
{
    static const char sdp[] = "application/sdp";
    const sip_body *body = sip_msg_body(msg);
    sip_str type = body ? body->type : (sip_str){0};
    const char *params = type.len > 0 ? memchr(type.ptr, ';', type.len) : NULL;

    if (params) {
        type.len = (size_t)(params - type.ptr);
    }
    return sip_str_equal_nocase(sip_str_trim(type), sdp);
}

/* Texts of peers must not disturb the drawing. */
static void make_printable(char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < 0x20 || (unsigned char)*text >= 0x7f) {
            *text = '?';
        }
    }
}

static int write_label(const sip_ladder *ladder, sip_str bytes, char label[LABEL_BYTES])
{
    sip_msg *msg = NULL;
    int err = sip_msg_parse(ladder->allocator, NULL, bytes, NULL, &msg, NULL);

    if (err == SIP_ENOMEM) {
        return err;
    }
    if (err) {
        snprintf(label, LABEL_BYTES, "%s", err == SIP_EAGAIN ? "(keep-alive)" : "(malformed)");
        return 0;
    }
    const char *mark = has_sdp(msg) ? " sdp" : "";

    if (sip_msg_is_request(msg)) {
        sip_str method = sip_msg_method_text(msg);

        snprintf(label, LABEL_BYTES, SIP_FMT "%s", SIP_ARG(method), mark);
    } else {
        sip_str phrase = sip_msg_phrase(msg);

        snprintf(label, LABEL_BYTES, "%d%s" SIP_FMT "%s", sip_msg_status(msg),
                 phrase.len > 0 ? " " : "", SIP_ARG(phrase), mark);
    }
    sip_msg_unref(msg);
    make_printable(label);
    return 0;
}

static size_t lane(size_t at)
{
    return TIME_BYTES + at * (GAP + 1);
}

/* From lane to lane, the label in the middle, at least a dash at both ends. */
static void draw_arrow(char *line, size_t from, size_t to, const char *label)
{
    size_t left = lane(from < to ? from : to) + 1;
    size_t room = lane(from < to ? to : from) - left;
    size_t len = strlen(label);

    if (len > room - 6) {
        len = room - 6;
    }
    memset(line + left, '-', room);
    line[from < to ? left + room - 1 : left] = from < to ? '>' : '<';
    char *text = line + left + (room - len) / 2;

    memcpy(text, label, len);
    text[-1] = ' ';
    text[len] = ' ';
}

/* A message to oneself stands to the right of the lane. */
static void draw_loop(char *line, size_t at, const char *label)
{
    size_t len = strlen(label);
    char *text = line + lane(at) + 1;

    memcpy(text, "<> ", 3);
    memcpy(text + 3, label, len < GAP - 4 ? len : GAP - 4);
}

static void draw_time(const sip_ladder *ladder, sip_time_ms at_ms, char *line)
{
    sip_time_ms since_ms = at_ms > ladder->began_ms ? at_ms - ladder->began_ms : 0;
    char text[32];
    int len = snprintf(text, sizeof(text), "%5u.%03u", (unsigned)(since_ms / 1000),
                       (unsigned)(since_ms % 1000));

    memcpy(line, text, len < TIME_BYTES ? (size_t)len : TIME_BYTES);
}

/* Take the spaces off the end and write the end of `line`. */
static int give(char *line, const char *mark, char *out, size_t size)
{
    size_t len = LINE_BYTES;

    while (len > 0 && line[len - 1] == ' ') {
        len--;
    }
    return snprintf(out, size, "%.*s%s", (int)len, line, mark);
}

static const char *write_mark(const sip_trace_event *event, char out[MARK_BYTES])
{
    out[0] = '\0';
    if (event->dropped) {
        snprintf(out, MARK_BYTES, "  (dropped: %s)", event->dropped);
    } else if (event->repeated) {
        snprintf(out, MARK_BYTES, "  (repeat)");
    }
    return out;
}

int sip_ladder_draw(sip_ladder *ladder, const sip_trace_event *event, const sip_addr *self,
                    char *out, size_t size)
{
    char line[LINE_BYTES], label[LABEL_BYTES], mark[MARK_BYTES];
    size_t self_at = 0, remote_at = 0;
    int err = write_label(ladder, event->bytes, label);

    if (!err) {
        err = column_of(ladder, self, &self_at);
    }
    if (!err) {
        err = column_of(ladder, &event->path.remote, &remote_at);
    }
    if (err) {
        return err;
    }
    if (!ladder->has_begun) {
        ladder->has_begun = true;
        ladder->began_ms = event->at_ms;
    }
    memset(line, ' ', sizeof(line));
    draw_time(ladder, event->at_ms, line);
    for (size_t i = 0; i < ladder->count; i++) {
        line[lane(i)] = '|';
    }
    if (self_at == remote_at) {
        draw_loop(line, self_at, label);
    } else if (event->sent) {
        draw_arrow(line, self_at, remote_at, label);
    } else {
        draw_arrow(line, remote_at, self_at, label);
    }
    return give(line, write_mark(event, mark), out, size);
}

int sip_ladder_heading(const sip_ladder *ladder, char *out, size_t size)
{
    char line[LINE_BYTES], name[SIP_ADDR_TEXT_BYTES];

    memset(line, ' ', sizeof(line));
    for (size_t i = 0; i < ladder->count; i++) {
        snprintf(name, sizeof(name), "%s", ladder->columns[i].name);
        make_printable(name);
        size_t len = strlen(name);

        memcpy(line + lane(i), name, len < GAP ? len : GAP);
    }
    return give(line, "", out, size);
}
