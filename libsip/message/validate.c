#include "message/validate.h"

#include "message/limits.h"
#include "message/rules.h"
#include "parser/numeric.h"

#define MAX_CSEQ UINT32_C(0x7fffffff)
#define MAX_HOPS 255u

static int fail_at(const struct sip__check *check, sip_rule rule, size_t offset)
{
    return sip__rule_broken(rule, offset, check->msg->is_request, check->error);
}

/* The breach is in the last line of the header, or in what should be one. */
static int fail(const struct sip__check *check, sip_rule rule, sip_header_id id)
{
    const sip_msg *msg = check->msg;
    size_t offset = 0;

    for (uint32_t next = msg->first[id]; next != 0; next = msg->lines[next - 1].next) {
        offset = msg->lines[next - 1].name;
    }
    return fail_at(check, rule, offset);
}

static int check_start(const struct sip__check *check)
{
    const sip_msg *msg = check->msg;

    if (msg->other_version) {
        return fail_at(check, SIP_RULE_VERSION,
                       msg->is_request ? (size_t)msg->uri_text.at + msg->uri_text.len + 1 : 0);
    }
    if (msg->is_request && sip_msg_request_uri(msg) == NULL) {
        return fail_at(check, SIP_RULE_REQUEST_URI, msg->uri_text.at);
    }
    return 0;
}

static bool is_once(const sip_msg *msg, sip_header_id id)
{
    return msg->first[id] != 0 && msg->lines[msg->first[id] - 1].next == 0;
}

/* As nearly every message is: what check_presence() would find nothing in. */
static bool is_complete(const sip_msg *msg)
{
    return msg->first[SIP_HEADER_VIA] != 0 && is_once(msg, SIP_HEADER_FROM) &&
           is_once(msg, SIP_HEADER_TO) && is_once(msg, SIP_HEADER_CALL_ID) &&
           is_once(msg, SIP_HEADER_CSEQ) &&
           (msg->first[SIP_HEADER_MAX_FORWARDS] == 0 || is_once(msg, SIP_HEADER_MAX_FORWARDS));
}

/* Each is there once; Via may come often. */
static int check_presence(const struct sip__check *check)
{
    static const struct {
        sip_header_id id;
        sip_rule missing, twice;
    } headers[] = {
        {SIP_HEADER_VIA, SIP_RULE_VIA_MISSING, SIP_RULE_NONE},
        {SIP_HEADER_FROM, SIP_RULE_FROM_MISSING, SIP_RULE_FROM_TWICE},
        {SIP_HEADER_TO, SIP_RULE_TO_MISSING, SIP_RULE_TO_TWICE},
        {SIP_HEADER_CALL_ID, SIP_RULE_CALL_ID_MISSING, SIP_RULE_CALL_ID_TWICE},
        {SIP_HEADER_CSEQ, SIP_RULE_CSEQ_MISSING, SIP_RULE_CSEQ_TWICE},
        {SIP_HEADER_MAX_FORWARDS, SIP_RULE_NONE, SIP_RULE_MAX_FORWARDS_TWICE},
    };

    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        const uint32_t line = check->msg->first[headers[i].id];

        if (line == 0 && headers[i].missing != SIP_RULE_NONE) {
            return fail_at(check, headers[i].missing, check->msg->body_at);
        }
        if (line != 0 && headers[i].twice != SIP_RULE_NONE &&
            check->msg->lines[line - 1].next != 0) {
            return fail(check, headers[i].twice, headers[i].id);
        }
    }
    return 0;
}

/* A value that could not be parsed is told from one that had no memory to be kept in. */
static int fail_value(const struct sip__check *check, sip_rule rule, sip_header_id id,
                      const sip__value *value)
{
    sip__value_iter iter;
    sip_str text;

    sip__value_iter_init(check->msg, id, &iter);
    if (value == NULL && sip__value_next(check->msg, id, &iter, &text)) {
        return SIP_ENOMEM;
    }
    return fail(check, value != NULL && value->over != 0 ? (sip_rule)value->over : rule, id);
}

/* The first value of each typed header that a transaction needs is sound. */
static int check_typed(const struct sip__check *check)
{
    static const struct {
        sip_header_id id;
        sip_rule rule;
        bool is_address;
    } typed[] = {{SIP_HEADER_VIA, SIP_RULE_VIA, false},
                 {SIP_HEADER_FROM, SIP_RULE_FROM, true},
                 {SIP_HEADER_TO, SIP_RULE_TO, true},
                 {SIP_HEADER_CSEQ, SIP_RULE_CSEQ, false}};

    if (sip__msg_basics_sound(check->msg)) {
        return 0;
    }
    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++) {
        const sip__value *value = sip__msg_typed(check->msg, typed[i].id, 0);

        if (value == NULL || !value->sound || (typed[i].is_address && value->of.address.is_star)) {
            return fail_value(check, typed[i].rule, typed[i].id, value);
        }
    }
    return 0;
}

static bool is_call_id(const sip_msg *msg, sip_str text)
{
    return text.len > 0 && msg->way->blank(text.ptr) == text.ptr + text.len;
}

/* The first Contact is kept, since it will be asked for; of further ones there may be more than a
 * message has room to keep. */
static int check_contacts(const struct sip__check *check)
{
    const sip__value *first = sip__msg_contact(check->msg);
    sip__value_iter iter;
    sip_address address;
    sip_rule rule = SIP_RULE_NONE;
    sip_str text;

    if (first == NULL || !first->sound) {
        return fail_value(check, SIP_RULE_CONTACT, SIP_HEADER_CONTACT, first);
    }
    iter = first->after;
    if (iter.rest.len == 0 && iter.next_line == 0) {
        return 0;
    }
    while (rule == SIP_RULE_NONE && sip__value_next(check->msg, SIP_HEADER_CONTACT, &iter, &text)) {
        if (sip_address_parse(text, &address) != 0) {
            rule = SIP_RULE_CONTACT;
        } else if (text.len > check->msg->short_value_bytes) {
            rule = sip__limit_of_address(check->msg, &address);
        }
    }
    return rule != SIP_RULE_NONE ? fail(check, rule, SIP_HEADER_CONTACT) : 0;
}

static int check_values(const struct sip__check *check)
{
    const sip_msg *msg = check->msg;
    const sip_cseq *cseq = &msg->values[SIP__SLOT_CSEQ]->of.cseq;
    const uint32_t max_forwards = msg->first[SIP_HEADER_MAX_FORWARDS];
    uint32_t hops = 0;

    if (!is_call_id(msg, sip__msg_line_value(msg, msg->first[SIP_HEADER_CALL_ID] - 1u))) {
        return fail(check, SIP_RULE_CALL_ID, SIP_HEADER_CALL_ID);
    }
    if (cseq->number > MAX_CSEQ) {
        return fail(check, SIP_RULE_CSEQ_NUMBER, SIP_HEADER_CSEQ);
    }
    if (!msg->is_request) {
        return 0;
    }
    if (cseq->method != msg->method ||
        (msg->method == SIP_METHOD_OTHER &&
         !sip_str_same(cseq->method_text, sip_msg_method_text(msg)))) {
        return fail(check, SIP_RULE_CSEQ_METHOD, SIP_HEADER_CSEQ);
    }
    if (max_forwards != 0 &&
        (sip__number_parse(sip__msg_line_value(msg, max_forwards - 1), &hops) != 0 ||
         hops > MAX_HOPS)) {
        return fail(check, SIP_RULE_MAX_FORWARDS, SIP_HEADER_MAX_FORWARDS);
    }
    return msg->first[SIP_HEADER_CONTACT] != 0 ? check_contacts(check) : 0;
}

int sip_msg_check(const sip_msg *msg, const sip_msg_policy *policy, sip_parse_error *reterr)
{
    const uint64_t all = sip_msg_policy_lenient()->tolerated;
    const struct sip__check check = {
        .msg = msg, .tolerated = policy != NULL ? policy->tolerated : all, .error = reterr};
    int err;

    if (msg == NULL) {
        return SIP_EINVAL;
    }
    err = check_start(&check);
    if (err == 0 && !is_complete(msg)) {
        err = check_presence(&check);
    }
    if (err == 0) {
        err = check_typed(&check);
    }
    if (err == 0) {
        err = check_values(&check);
    }
    if (err == 0 && (all & ~check.tolerated) != 0) {
        err = sip__check_tolerable(&check);
    }
    return err;
}
