#include "message/build_internal.h"

#include <stdio.h>
#include <string.h>

#include "parser/cursor.h"
#include "parser/params.h"

/* What Via, Record-Route and alike need beyond the request's own bytes. */
#define MORE_BYTES 512u
#define MORE_LINES 8u

static bool is_from_network(const sip_path *path)
{
    return path->protocol != SIP_PROTOCOL_NONE && path->remote.family != SIP_FAMILY_NONE;
}

/* True if the top Via must say where the request really came from (RFC 3261 18.2.1, RFC 3581 4). */
static bool wants_received(const sip_via *via, const sip_path *source)
{
    sip_addr sent_by;

    return via->has_rport || via->received.len > 0 || sip_addr_parse(via->host, 0, &sent_by) != 0 ||
           !sip_addr_same_host(&sent_by, &source->remote);
}

/* Put the parameters but those that the receiver alone may set; keep_s is what an offered "keep"
 * gets (RFC 6223 4.3), 0: nothing. */
static void put_other_params(sip_build *build, sip_str params, uint32_t keep_s)
{
    struct sip__param param;

    while (sip__param_next(&params, &param) == 1) {
        if (sip_str_equal_nocase(param.name, "received") ||
            sip_str_equal_nocase(param.name, "rport")) {
            continue;
        }
        sip__build_put(build, SIP_STR(";"));
        sip__build_put(build, param.name);
        if (param.has_value) {
            sip__build_put(build, param.quoted ? SIP_STR("=\"") : SIP_STR("="));
            sip__build_put(build, param.value);
            sip__build_put(build, param.quoted ? SIP_STR("\"") : SIP_STR(""));
        } else if (keep_s != 0 && sip_str_equal_nocase(param.name, "keep")) {
            sip__build_put(build, SIP_STR("="));
            sip__build_put_number(build, keep_s);
        }
    }
}

static void put_received(sip_build *build, const sip_via *via, const sip_path *source)
{
    char text[SIP_ADDR_TEXT_BYTES];
    sip_str host = sip_str_of(sip_addr_host(&source->remote, text));

    /* via-received is an address without brackets (RFC 3261 25.1). */
    if (host.len > 2 && host.ptr[0] == '[') {
        host = (sip_str){host.ptr + 1, host.len - 2};
    }
    sip__build_put(build, SIP_STR(";received="));
    sip__build_put(build, host);
    if (via->has_rport) {
        sip__build_put(build, SIP_STR(";rport="));
        sip__build_put_number(build, source->remote.port);
    }
}

const sip__value *sip__build_read(sip_build *build, const sip_msg *from, sip_header_id id)
{
    const sip__value *value = sip__msg_typed(from, id, 0);
    sip__value_iter iter;
    sip_str text;

    if (value == NULL) {
        sip__value_iter_init(from, id, &iter);
        if (sip__value_next(from, id, &iter, &text)) {
            sip__build_fail(build, SIP_ENOMEM);
        }
    }
    return value != NULL && value->sound ? value : NULL;
}

void sip__build_put_top_via(sip_build *build, const sip_msg *request, sip_str line)
{
    const sip__value *value = sip__build_read(build, request, SIP_HEADER_VIA);
    const sip_via *via = value != NULL ? &value->of.via : NULL;
    const sip_path *source = &request->source;
    sip_str rest = line;
    sip_str top;

    if (via == NULL || !is_from_network(source) ||
        (!wants_received(via, source) && request->keep_s == 0) || !sip__list_next(&rest, &top)) {
        sip__build_put(build, line);
        return;
    }
    if (via->params.len > 0) {
        size_t head = (size_t)(via->params.ptr - via->text.ptr);

        while (head > 0 && (via->text.ptr[head - 1] == ';' ||
                            sip__is_char(via->text.ptr[head - 1], SIP__CHAR_SPACE))) {
            head--;
        }
        sip__build_put(build, (sip_str){via->text.ptr, head});
        put_other_params(build, via->params, request->keep_s);
    } else {
        sip__build_put(build, via->text);
    }
    if (wants_received(via, source)) {
        put_received(build, via, source);
    }
    while (sip__list_next(&rest, &top)) {
        sip__build_put(build, SIP_STR(", "));
        sip__build_put(build, top);
    }
}

void sip__build_vias(sip_build *build, const sip_msg *request)
{
    sip_str name = sip_header_name(SIP_HEADER_VIA);
    uint32_t next = request->first[SIP_HEADER_VIA];

    for (bool is_top = true; next != 0; next = request->lines[next - 1].next, is_top = false) {
        sip_str value = sip__msg_line_value(request, next - 1);

        sip__build_begin(build, SIP_HEADER_VIA, name);
        if (is_top) {
            sip__build_put_top_via(build, request, value);
        } else {
            sip__build_put(build, value);
        }
        sip__build_end(build);
    }
}

/* The request's first line of a header that a message has once. */
static void add_single(sip_build *build, const sip_msg *request, sip_header_id id)
{
    if (request->first[id] != 0) {
        sip__build_line(build, id, sip_header_name(id),
                        sip__msg_line_value(request, request->first[id] - 1u));
    }
}

static void add_to(sip_build *build, const sip_msg *request, int status, sip_str to_tag)
{
    const sip__value *to = sip__build_read(build, request, SIP_HEADER_TO);

    if (request->first[SIP_HEADER_TO] == 0) {
        return;
    }
    sip__build_begin(build, SIP_HEADER_TO, sip_header_name(SIP_HEADER_TO));
    sip__build_put(build, sip__msg_line_value(request, request->first[SIP_HEADER_TO] - 1u));
    if (status > 100 && to_tag.len > 0 && to != NULL && to->of.address.tag.len == 0) {
        sip__build_put(build, SIP_STR(";tag="));
        sip__build_put(build, to_tag);
    }
    sip__build_end(build);
}

static bool makes_dialog(const sip_msg *request, int status)
{
    bool can = request->method == SIP_METHOD_INVITE || request->method == SIP_METHOD_SUBSCRIBE ||
               request->method == SIP_METHOD_REFER || request->method == SIP_METHOD_NOTIFY;

    return can && status > 100 && status < 300;
}

static void note_seen(sip_build *build, const sip_msg *request)
{
    if (request->seen_host != NULL) {
        build->seen_port = request->seen_port;
        build->seen_host = sip_strdup(build->allocator, sip_str_of(request->seen_host));
        if (build->seen_host == NULL) {
            sip__build_fail(build, SIP_ENOMEM);
        }
    }
}

sip_build *sip_build_response(const sip_msg *request, int status, sip_str phrase, sip_str to_tag)
{
    const sip_uri *uri = sip_msg_request_uri(request);
    sip_build *build;

    if (request == NULL) {
        return NULL;
    }
    build = sip_alloc(request->allocator, sizeof(*build));
    if (build == NULL) {
        return NULL;
    }
    sip__build_init(build, request->allocator, request->n_lines + MORE_LINES,
                    (size_t)request->body_at + MORE_BYTES);
    build->is_response = true;
    build->is_sips = uri != NULL && uri->scheme == SIP_SCHEME_SIPS;
    build->came_by = request->source;
    note_seen(build, request);
    if (!request->is_request || status < 100 || status > 699 || !sip__is_one_line(phrase) ||
        (to_tag.len > 0 && !sip__is_token(to_tag))) {
        sip__build_fail(build, SIP_EINVAL);
        return build;
    }
    sip__build_status_line(build, status, phrase.len > 0 ? phrase : sip_status_phrase(status));
    sip__build_vias(build, request);
    if (makes_dialog(request, status)) {
        sip_build_copy(build, request, SIP_HEADER_RECORD_ROUTE);
    }
    add_single(build, request, SIP_HEADER_FROM);
    add_to(build, request, status, to_tag);
    add_single(build, request, SIP_HEADER_CALL_ID);
    add_single(build, request, SIP_HEADER_CSEQ);
    if (status == 100) {
        add_single(build, request, SIP_HEADER_TIMESTAMP);
    }
    return build;
}

/* A Timestamp has a delay behind a blank, once; an empty one has nothing for it to stand behind. */
static bool takes_delay(sip_str timestamp)
{
    const char *end = timestamp.ptr + timestamp.len;

    return timestamp.len > 0 && sip__scan_blank(timestamp.ptr, end) == end;
}

void sip_build_delay(sip_build *build, uint32_t delay_ms)
{
    char text[24];
    uint32_t last;

    if (build == NULL || build->err != 0 || build->msg->n_lines == 0) {
        return;
    }
    last = build->msg->n_lines - 1;
    if (!build->is_response || build->msg->status != 100 ||
        build->msg->lines[last].id != SIP_HEADER_TIMESTAMP ||
        !takes_delay(sip__msg_line_value(build->msg, last))) {
        return;
    }
    build->used -= 2; /* the line is ended once more */
    (void)snprintf(text, sizeof text, " %u.%03u", (unsigned)(delay_ms / 1000),
                   (unsigned)(delay_ms % 1000));
    sip__build_put(build, sip_str_of(text));
    sip__build_end(build);
}

int sip_response_create(const sip_msg *request, int status, sip_str to_tag,
                        const sip_extras *extras, sip_msg **ret_response)
{
    sip_build *build;

    if (request == NULL || ret_response == NULL) {
        return SIP_EINVAL;
    }
    build = sip_build_response(request, status, (sip_str){NULL, 0}, to_tag);
    sip_build_extras(build, extras);
    return sip_build_finish(build, ret_response);
}
