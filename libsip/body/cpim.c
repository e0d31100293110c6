#include <sip/cpim.h>

#include "body/body_box.h"
#include "body/body_registry.h"
#include "body/cpim_escape.h"
#include "body/part.h"
#include "parser/cursor.h"

#include <string.h>

/* A message being read: the lists have room for all lines. */
typedef struct cpim_reader {
    sip__arena *arena;
    sip_cpim *cpim;
    sip_cpim_address *to, *cc;
    sip_cpim_subject *subjects;
    sip_cpim_namespace *namespaces;
    sip_cpim_header *headers;
    sip_str *require;
    size_t require_room;
} cpim_reader;

/* Take a header line apart. */
static int split(sip_str line, sip_cpim_header *ret_header)
{
    sip_cpim_header header = {.prefix = {NULL, 0}};
    const char *colon = memchr(line.ptr, ':', line.len);
    const char *dot;
    size_t params = 0;
    bool in_quotes = false;

    if (colon == NULL || !sip__body_is_one_line(line)) {
        return SIP_ESYNTAX;
    }
    header.name = (sip_str){line.ptr, (size_t)(colon - line.ptr)};
    dot = header.name.len > 0 ? memchr(header.name.ptr, '.', header.name.len) : NULL;
    if (dot != NULL) {
        header.prefix = (sip_str){line.ptr, (size_t)(dot - line.ptr)};
        header.name = (sip_str){dot + 1, (size_t)(colon - dot) - 1};
    }
    if (!sip__cpim_is_name(header.name) || (dot != NULL && !sip__cpim_is_name(header.prefix))) {
        return SIP_ESYNTAX;
    }
    sip__advance(&line, (size_t)(colon - line.ptr) + 1);
    if (line.len > 0 && *line.ptr == ';') {
        while (params < line.len && (in_quotes || line.ptr[params] != ' ')) {
            params += in_quotes && line.ptr[params] == '\\' && params + 1 < line.len;
            in_quotes = in_quotes != (line.ptr[params] == '"');
            params++;
        }
        if (in_quotes) {
            return SIP_ESYNTAX;
        }
        header.params = (sip_str){line.ptr, params};
        sip__advance(&line, params);
    }
    header.value = sip_str_trim(line);
    *ret_header = header;
    return 0;
}

/* What is declared for a prefix; NULL: nothing. */
static const sip_cpim_namespace *declared(const sip_cpim *cpim, sip_str prefix)
{
    for (size_t i = 0; i < cpim->n_namespaces; i++) {
        if (sip_str_same(cpim->namespaces[i].prefix, prefix)) {
            return &cpim->namespaces[i];
        }
    }
    return NULL;
}

/* The namespace that a header is in. */
static sip_str ns_of(const sip_cpim *cpim, sip_str prefix)
{
    const sip_cpim_namespace *ns = declared(cpim, prefix);

    if (ns != NULL) {
        return ns->uri;
    }
    return prefix.len == 0 ? SIP_STR(SIP_CPIM_NS) : (sip_str){NULL, 0};
}

/* Take "<uri>", which ends the value. */
static int take_uri(sip_str value, sip_str *ret_uri)
{
    if (value.len < 3 || value.ptr[0] != '<' || value.ptr[value.len - 1] != '>') {
        return SIP_ESYNTAX;
    }
    value = (sip_str){value.ptr + 1, value.len - 2};
    for (size_t i = 0; i < value.len; i++) {
        if ((unsigned char)value.ptr[i] <= ' ' || strchr("<>\"\x7f", value.ptr[i]) != NULL) {
            return SIP_ESYNTAX;
        }
    }
    *ret_uri = value;
    return 0;
}

static int read_address(cpim_reader *reader, sip_str value, sip_cpim_address *ret_address)
{
    sip_cpim_address address = {.name = {NULL, 0}};
    size_t angle = 0;

    if (sip__take_quoted(&value, &address.name)) {
        sip__skip_space(&value);
    } else {
        while (angle < value.len && value.ptr[angle] != '<') {
            angle++;
        }
        address.name = sip_str_trim((sip_str){value.ptr, angle});
        value = (sip_str){value.ptr + angle, value.len - angle};
    }
    if (take_uri(value, &address.uri) != 0) {
        return SIP_ESYNTAX;
    }
    *ret_address = address;
    return sip__cpim_unescaped(reader->arena, address.name, &ret_address->name);
}

static int read_subject(cpim_reader *reader, const sip_cpim_header *header)
{
    sip_cpim_subject *subject = &reader->subjects[reader->cpim->n_subjects++];
    sip_str params = header->params;

    subject->lang = (sip_str){NULL, 0};
    if (params.len > 0) {
        sip__advance(&params, 1);
        sip_param_find(params, "lang", &subject->lang);
    }
    if (subject->lang.len > 0 && !sip__cpim_is_name(subject->lang)) {
        return SIP_ESYNTAX;
    }
    return sip__cpim_unescaped(reader->arena, header->value, &subject->text);
}

/* True if a header stands before the declaration of its prefix. */
static bool is_used(const sip_cpim *cpim, sip_str prefix)
{
    for (size_t i = 0; i < cpim->n_headers; i++) {
        if (prefix.len > 0 && sip_str_same(cpim->headers[i].prefix, prefix)) {
            return true;
        }
    }
    return false;
}

static int read_ns(cpim_reader *reader, sip_str value)
{
    sip_cpim_namespace ns = {.prefix = {NULL, 0}};
    const sip_cpim_namespace *known;
    size_t angle = 0;

    while (angle < value.len && value.ptr[angle] != '<') {
        angle++;
    }
    ns.prefix = sip_str_trim((sip_str){value.ptr, angle});
    if (take_uri((sip_str){value.ptr + angle, value.len - angle}, &ns.uri) != 0 ||
        (ns.prefix.len > 0 && !sip__cpim_is_name(ns.prefix))) {
        return SIP_ESYNTAX;
    }
    known = declared(reader->cpim, ns.prefix);
    if (known == NULL && is_used(reader->cpim, ns.prefix)) {
        return SIP_ESYNTAX;
    }
    if (known == NULL) {
        reader->namespaces[reader->cpim->n_namespaces++] = ns;
    }
    return known == NULL || sip_str_same(known->uri, ns.uri) ? 0 : SIP_ESYNTAX;
}

/* Room doubles, or a line for each name would copy all of them once more. */
static int add_require(cpim_reader *reader, sip_str name)
{
    sip_cpim *cpim = reader->cpim;

    if (cpim->n_require == reader->require_room) {
        const size_t room = cpim->n_require > 0 ? cpim->n_require * 2 : 4;
        sip_str *grown = sip__arena_alloc(reader->arena, room * sizeof(*grown));

        if (grown == NULL) {
            return SIP_ENOMEM;
        }
        if (cpim->n_require > 0) {
            memcpy(grown, reader->require, cpim->n_require * sizeof(*grown));
        }
        reader->require = grown;
        reader->require_room = room;
        cpim->require = grown;
    }
    reader->require[cpim->n_require++] = name;
    return 0;
}

static int read_require(cpim_reader *reader, sip_str value)
{
    sip_str name;
    int err = 0;

    while (err == 0 && sip__list_next(&value, &name)) {
        err = sip__cpim_is_dotted(name) ? add_require(reader, name) : SIP_ESYNTAX;
    }
    return err;
}

static int read_datetime(sip_cpim *cpim, sip_str value)
{
    sip_datetime datetime;

    if (sip_datetime_parse(value, &datetime) != 0) {
        return SIP_ESYNTAX;
    }
    if (cpim->datetime.month == 0) {
        cpim->datetime = datetime;
    }
    return 0;
}

static int read_from(cpim_reader *reader, sip_str value)
{
    sip_cpim_address from;
    int err = read_address(reader, value, &from);

    if (err == 0 && reader->cpim->from.uri.len == 0) {
        reader->cpim->from = from;
    }
    return err;
}

static int read_header(cpim_reader *reader, sip_cpim_header *header)
{
    sip_cpim *cpim = reader->cpim;

    header->ns = ns_of(cpim, header->prefix);
    if (sip_str_equal(header->name, "NS") && header->prefix.len == 0) {
        return read_ns(reader, header->value);
    }
    if (sip_str_equal(header->ns, SIP_CPIM_NS)) {
        if (sip_str_equal(header->name, "From")) {
            return read_from(reader, header->value);
        }
        if (sip_str_equal(header->name, "To")) {
            return read_address(reader, header->value, &reader->to[cpim->n_to++]);
        }
        if (sip_str_equal(header->name, "cc")) {
            return read_address(reader, header->value, &reader->cc[cpim->n_cc++]);
        }
        if (sip_str_equal(header->name, "DateTime")) {
            return read_datetime(cpim, header->value);
        }
        if (sip_str_equal(header->name, "Subject")) {
            return read_subject(reader, header);
        }
        if (sip_str_equal(header->name, "Require")) {
            return read_require(reader, header->value);
        }
    }
    reader->headers[cpim->n_headers++] = *header;
    return 0;
}

static int make_room(cpim_reader *reader, size_t count)
{
    reader->to = sip__arena_alloc(reader->arena, count * sizeof(*reader->to));
    reader->cc = sip__arena_alloc(reader->arena, count * sizeof(*reader->cc));
    reader->subjects = sip__arena_alloc(reader->arena, count * sizeof(*reader->subjects));
    reader->namespaces = sip__arena_alloc(reader->arena, count * sizeof(*reader->namespaces));
    reader->headers = sip__arena_alloc(reader->arena, count * sizeof(*reader->headers));
    reader->cpim->to = reader->to;
    reader->cpim->cc = reader->cc;
    reader->cpim->subjects = reader->subjects;
    reader->cpim->namespaces = reader->namespaces;
    reader->cpim->headers = reader->headers;
    return reader->to != NULL && reader->cc != NULL && reader->subjects != NULL &&
                   reader->namespaces != NULL && reader->headers != NULL
               ? 0
               : SIP_ENOMEM;
}

static int read_all(sip_cpim *cpim, sip_str text, const sip_body_registry *registry)
{
    cpim_reader reader = {.arena = sip__body_box_arena(cpim), .cpim = cpim};
    sip_cpim_header header;
    sip_str rest = text;
    sip_str line = {NULL, 0};
    size_t count = 0;
    int err;

    while (sip__body_line_take(&rest, &line) && line.len > 0) {
        count++;
    }
    if (count > sip__body_limits_of(registry).headers) {
        return SIP__BODY_OVER(registry, too_many_headers);
    }
    err = make_room(&reader, count);
    for (; err == 0 && count > 0; count--) {
        sip__body_line_take(&text, &line);
        err = split(line, &header);
        if (err == 0) {
            err = read_header(&reader, &header);
        }
    }
    if (err != 0) {
        return err;
    }
    /* The blank line, and what is wrapped. */
    if (!sip__body_line_take(&text, &line)) {
        return SIP_ESYNTAX;
    }
    cpim->content.text = text;
    return sip__part_read(reader.arena, registry, &cpim->content);
}

static int read_cpim(const sip_allocator *allocator, const sip_body *body,
                     const sip_body_registry *registry, sip_cpim **ret_cpim)
{
    sip_cpim *cpim = sip__body_box_create(allocator, sizeof(*cpim));
    int err;

    if (cpim == NULL) {
        return SIP_ENOMEM;
    }
    cpim->content.body.msg = body->msg;
    err = read_all(cpim, body->data, registry);
    if (err != 0) {
        sip_cpim_free(allocator, cpim);
        return err;
    }
    *ret_cpim = cpim;
    return 0;
}

int sip_cpim_parse(const sip_allocator *allocator, sip_str text, sip_cpim **ret_cpim)
{
    const sip_body body = {.data = text};

    return read_cpim(allocator, &body, NULL, ret_cpim);
}

void sip_cpim_free(const sip_allocator *allocator, sip_cpim *cpim)
{
    sip__body_box_free(allocator, cpim);
}

sip_str sip_cpim_find(const sip_cpim *cpim, const char *ns, const char *name)
{
    for (size_t i = 0; cpim != NULL && i < cpim->n_headers; i++) {
        if (sip_str_equal(cpim->headers[i].ns, ns) && sip_str_equal(cpim->headers[i].name, name)) {
            return cpim->headers[i].value;
        }
    }
    return (sip_str){NULL, 0};
}

sip_str sip_cpim_unknown(const sip_cpim *cpim, const char *const *known)
{
    for (size_t i = 0; cpim != NULL && i < cpim->n_require; i++) {
        const char *const *name = known;

        while (name != NULL && *name != NULL && !sip_str_equal(cpim->require[i], *name)) {
            name++;
        }
        if (name == NULL || *name == NULL) {
            return cpim->require[i];
        }
    }
    return (sip_str){NULL, 0};
}

static int read_body(const sip_allocator *allocator, const sip_body *body,
                     const sip_body_registry *registry, void **ret_object)
{
    sip_cpim *cpim;
    int err = read_cpim(allocator, body, registry, &cpim);

    if (err == 0) {
        *ret_object = cpim;
    }
    return err;
}

static int print_body(const void *object, char *out, size_t size)
{
    return sip_cpim_print(object, out, size);
}

const sip_body_type sip_cpim_type = {
    .codec = {"message/cpim", print_body}, .read = read_body, .free = sip__body_box_free};
