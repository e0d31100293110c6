#include "message/rules.h"

static const struct {
    const char *text;
    const char *section;
    int status;
    bool tolerable;
} rules[SIP_RULE_COUNT] = {[SIP_RULE_NONE] = {"", "", 0, false},
#define RULE_ENTRY(name, tolerable, status, section, text)                                         \
    [SIP_RULE_##name] = {text, section, status, (tolerable) != 0},
                           SIP_RULE_MAP(RULE_ENTRY)
#undef RULE_ENTRY
};

_Static_assert(SIP_RULE_COUNT <= 64, "a policy has a bit for each rule");

#define RULE_BIT(name, tolerable, status, section, text)                                           \
    ((uint64_t)((tolerable) != 0) << SIP_RULE_##name) |

static const sip_msg_policy strict = {.tolerated = 0};
static const sip_msg_policy lenient = {.tolerated = SIP_RULE_MAP(RULE_BIT) 0};

#undef RULE_BIT

static size_t index_of(sip_rule rule)
{
    return (unsigned)rule < SIP_RULE_COUNT ? (size_t)rule : 0;
}

const char *sip_rule_text(sip_rule rule)
{
    return rules[index_of(rule)].text;
}

const char *sip_rule_section(sip_rule rule)
{
    return rules[index_of(rule)].section;
}

int sip_rule_status(sip_rule rule)
{
    return rules[index_of(rule)].status;
}

bool sip_rule_is_tolerable(sip_rule rule)
{
    return rules[index_of(rule)].tolerable;
}

const sip_msg_policy *sip_msg_policy_strict(void)
{
    return &strict;
}

const sip_msg_policy *sip_msg_policy_lenient(void)
{
    return &lenient;
}

int sip_msg_policy_tolerate(sip_msg_policy *policy, sip_rule rule, bool tolerate)
{
    const uint64_t bit = UINT64_C(1) << index_of(rule);

    if (policy == NULL || !sip_rule_is_tolerable(rule)) {
        return SIP_EINVAL;
    }
    policy->tolerated = tolerate ? policy->tolerated | bit : policy->tolerated & ~bit;
    return 0;
}

int sip__rule_broken(sip_rule rule, size_t offset, bool is_request, sip_parse_error *error)
{
    const int status = sip_rule_status(rule);

    if (error != NULL) {
        *error = (sip_parse_error){.offset = offset,
                                   .rule = sip_rule_text(rule),
                                   .section = sip_rule_section(rule),
                                   .status = is_request ? status : 0,
                                   .id = rule};
    }
    return status == 513 || status == 414 ? SIP_ETOOBIG : SIP_ESYNTAX;
}
