#include "message/msg_internal.h"

#define MAX_CSEQ UINT32_C(0x7fffffff)
#define MAX_HOPS 255u

static int fail(const sip_msg *msg, sip_header_id id, const char *section, sip_parse_error *reterr)
{
    uint32_t line = msg->first[id];

    if (reterr != NULL) {
        *reterr = (sip_parse_error){
            .offset = id != SIP_HEADER_OTHER && line != 0 ? msg->lines[line - 1].name : 0,
            .rule = sip_header_name(id).ptr,
            .section = section,
            .status = msg->is_request ? 400 : 0};
    }
    return SIP_ESYNTAX;
}

static int fail_start(const sip_msg *msg, const char *rule, int status, sip_parse_error *reterr)
{
    if (reterr != NULL) {
        *reterr = (sip_parse_error){.offset = 0,
                                    .rule = rule,
                                    .section = "RFC 3261 7.1",
                                    .status = msg->is_request ? status : 0};
    }
    return SIP_ESYNTAX;
}

static int check_start(const sip_msg *msg, sip_parse_error *reterr)
{
    if (msg->other_version) {
        return fail_start(msg, "SIP version", 505, reterr);
    }
    if (msg->is_request && sip_msg_request_uri(msg) == NULL) {
        return fail_start(msg, "Request-URI", 400, reterr);
    }
    return 0;
}

/* Each is there once; Via may come often. */
static int check_presence(const sip_msg *msg, sip_parse_error *reterr)
{
    static const sip_header_id required[] = {SIP_HEADER_VIA, SIP_HEADER_FROM, SIP_HEADER_TO,
                                             SIP_HEADER_CALL_ID, SIP_HEADER_CSEQ};
    static const sip_header_id single[] = {SIP_HEADER_FROM, SIP_HEADER_TO, SIP_HEADER_CALL_ID,
                                           SIP_HEADER_CSEQ, SIP_HEADER_MAX_FORWARDS};

    for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++) {
        if (msg->first[required[i]] == 0) {
            return fail(msg, required[i], "RFC 3261 8.1.1", reterr);
        }
    }
    for (size_t i = 0; i < sizeof(single) / sizeof(single[0]); i++) {
        uint32_t line = msg->first[single[i]];

        if (line != 0 && msg->links[line - 1].next != 0) {
            return fail(msg, single[i], "RFC 3261 7.3.1", reterr);
        }
    }
    return 0;
}

/* The first value of each typed header that a transaction needs is sound. */
static int check_typed(const sip_msg *msg, sip_parse_error *reterr)
{
    static const struct {
        sip_header_id id;
        const char *section;
    } typed[] = {{SIP_HEADER_VIA, "RFC 3261 20.42"},
                 {SIP_HEADER_FROM, "RFC 3261 20.20"},
                 {SIP_HEADER_TO, "RFC 3261 20.39"},
                 {SIP_HEADER_CSEQ, "RFC 3261 20.16"}};

    for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++) {
        const sip__value *value = sip__msg_typed(msg, typed[i].id, 0);
        sip__value_iter iter;
        sip_str text;

        if (value != NULL && value->sound) {
            continue;
        }
        sip__value_iter_init(msg, typed[i].id, &iter);
        if (value == NULL && sip__value_next(msg, typed[i].id, &iter, &text)) {
            return SIP_ENOMEM;
        }
        return fail(msg, typed[i].id, typed[i].section, reterr);
    }
    if (sip_msg_from(msg)->is_star) {
        return fail(msg, SIP_HEADER_FROM, "RFC 3261 20.20", reterr);
    }
    if (sip_msg_to(msg)->is_star) {
        return fail(msg, SIP_HEADER_TO, "RFC 3261 20.39", reterr);
    }
    return 0;
}

static bool is_call_id(sip_str text)
{
    const char *end = text.ptr + text.len;

    return text.len > 0 && sip__scan_blank(text.ptr, end) == end;
}

static int check_values(const sip_msg *msg, sip_parse_error *reterr)
{
    const sip_cseq *cseq = sip_msg_cseq(msg);
    uint32_t hops = 0;

    if (!is_call_id(sip_msg_call_id(msg))) {
        return fail(msg, SIP_HEADER_CALL_ID, "RFC 3261 20.8", reterr);
    }
    if (cseq->number > MAX_CSEQ) {
        return fail(msg, SIP_HEADER_CSEQ, "RFC 3261 8.1.1.5", reterr);
    }
    if (!msg->is_request) {
        return 0;
    }
    if (!sip_str_same(cseq->method_text, sip_msg_method_text(msg))) {
        return fail(msg, SIP_HEADER_CSEQ, "RFC 3261 8.1.1.5", reterr);
    }
    if (msg->first[SIP_HEADER_MAX_FORWARDS] != 0 &&
        (sip_msg_number(msg, SIP_HEADER_MAX_FORWARDS, &hops) != 0 || hops > MAX_HOPS)) {
        return fail(msg, SIP_HEADER_MAX_FORWARDS, "RFC 3261 20.22", reterr);
    }
    return 0;
}

int sip_msg_check(const sip_msg *msg, sip_parse_error *reterr)
{
    int rc;

    if (msg == NULL) {
        return SIP_EINVAL;
    }
    rc = check_start(msg, reterr);
    if (rc == 0) {
        rc = check_presence(msg, reterr);
    }
    if (rc == 0) {
        rc = check_typed(msg, reterr);
    }
    if (rc == 0) {
        rc = check_values(msg, reterr);
    }
    return rc;
}
