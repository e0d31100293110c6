#include "message/build_internal.h"

#include <string.h>

static sip_str transport_param(sip_protocol protocol, bool is_sips)
{
    switch (protocol) {
    case SIP_PROTOCOL_TCP:
        return SIP_STR(";transport=tcp");
    case SIP_PROTOCOL_TLS:
        return is_sips ? SIP_STR(";transport=tcp") : SIP_STR(";transport=tls");
    case SIP_PROTOCOL_WS:
    case SIP_PROTOCOL_WSS:
        return SIP_STR(";transport=ws");
    case SIP_PROTOCOL_NONE:
    case SIP_PROTOCOL_UDP:
        break;
    }
    return (sip_str){NULL, 0};
}

void sip__build_put_contact(sip_build *build, bool is_sips, sip_str user, sip_str params,
                            const sip__contact_place *place)
{
    sip__build_put(build, is_sips ? SIP_STR("<sips:") : SIP_STR("<sip:"));
    if (user.len > 0) {
        sip__build_put(build, user);
        sip__build_put(build, SIP_STR("@"));
    }
    sip__build_put(build, place->host);
    if (place->port != 0) {
        sip__build_put(build, SIP_STR(":"));
        sip__build_put_number(build, place->port);
    }
    sip__build_put(build, transport_param(place->protocol, is_sips));
    sip__build_put(build, SIP_STR(">"));
    sip__build_put(build, params);
}

/* A user part must not end the URI that it is put into. */
static bool is_user(sip_str user)
{
    for (size_t i = 0; i < user.len; i++) {
        unsigned char c = (unsigned char)user.ptr[i];

        if (c <= ' ' || c >= 0x7f || c == '<' || c == '>' || c == '@' || c == '"') {
            return false;
        }
    }
    return true;
}

static void remember_contact(sip_build *build, sip_str user, sip_str params)
{
    char *contact = sip_alloc(build->allocator, user.len + params.len + 1);

    if (contact == NULL) {
        sip__build_fail(build, SIP_ENOMEM);
        return;
    }
    if (user.len > 0) {
        memcpy(contact, user.ptr, user.len);
    }
    if (params.len > 0) {
        memcpy(contact + user.len, params.ptr, params.len);
    }
    sip_free(build->allocator, build->contact);
    build->contact = contact;
    build->contact_user_len = user.len;
    build->contact_params_len = params.len;
    build->contact_line = build->msg->n_lines;
}

/* A response tells at once where its request has reached us. */
static void put_contact_now(sip_build *build, sip_str user, sip_str params)
{
    char room[SIP_ADDR_TEXT_BYTES];
    sip__contact_place place = {.protocol = build->came_by.protocol,
                                .host = sip_str_of(sip_addr_host(&build->came_by.local, room)),
                                .port = build->came_by.local.port};

    if (build->seen_host != NULL) {
        place.host = sip_str_of(build->seen_host);
        place.port = build->seen_port;
    }
    sip__build_begin(build, SIP_HEADER_CONTACT, sip_header_name(SIP_HEADER_CONTACT));
    sip__build_put_contact(build, build->is_sips, user, params, &place);
    sip__build_end(build);
}

void sip_build_contact(sip_build *build, sip_str user, sip_str params)
{
    if (build == NULL || build->err != 0) {
        return;
    }
    if (!is_user(user) || !sip__is_one_line(params) || (params.len > 0 && params.ptr[0] != ';') ||
        (build->is_response && build->came_by.local.family == SIP_FAMILY_NONE)) {
        sip__build_fail(build, SIP_EINVAL);
        return;
    }
    if (build->is_response) {
        put_contact_now(build, user, params);
    } else {
        remember_contact(build, user, params);
    }
}

static void copy_names(sip_build *build, const sip_msg *from, sip_str names)
{
    while (names.len > 0) {
        const char *comma = memchr(names.ptr, ',', names.len);
        size_t len = comma != NULL ? (size_t)(comma - names.ptr) : names.len;
        size_t taken = comma != NULL ? len + 1 : len;
        sip_str name = sip_str_trim((sip_str){names.ptr, len});

        if (name.len > 0) {
            sip_build_copy_named(build, from, name);
        }
        names = (sip_str){names.ptr + taken, names.len - taken};
    }
}

void sip_build_extras(sip_build *build, const sip_extras *extras)
{
    if (build == NULL || extras == NULL) {
        return;
    }
    for (const sip_header *header = extras->headers; header != NULL && header->name != NULL;
         header++) {
        sip_build_named(build, sip_str_of(header->name), sip_str_of(header->value));
    }
    copy_names(build, extras->copy_from, sip_str_of(extras->copy));
    if (extras->body != NULL) {
        sip_build_body(build, extras->body);
    }
}
