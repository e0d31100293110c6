#include "support/guard_str.h"

#include "field_sample.h"

static bool same(const sip_field *field, struct sample a, struct sample b)
{
    const bool ab = sip__field_same(field, sip__slot_of(field, &a), sip__slot_of(field, &b));

    assert_int_equal(ab, sip__field_same(field, sip__slot_of(field, &b), sip__slot_of(field, &a)));
    assert_true(sip__field_same(field, sip__slot_of(field, &a), sip__slot_of(field, &a)));
    return ab;
}

static bool is_set(const sip_field *field, struct sample sample)
{
    return sip__field_is_set(field, sip__slot_of(field, &sample));
}

#define TEXT(s)                                                                                    \
    (struct sample)                                                                                \
    {                                                                                              \
        .text = SIP_STR(s)                                                                         \
    }
#define WITH(member, value)                                                                        \
    (struct sample)                                                                                \
    {                                                                                              \
        .member = (value), .has = true                                                             \
    }

static void test_texts(void **state)
{
    const sip_field nocase[] = {SIP_PARAM("p", TOKEN, struct sample, text),
                                SIP_PARAM("p", LABEL, struct sample, text),
                                SIP_PARAM("p", HEX32, struct sample, text)};
    const sip_field exact[] = {
        SIP_PARAM("p", WORD, struct sample, text),    SIP_PARAM("p", STRING, struct sample, text),
        SIP_PARAM("p", QUOTED, struct sample, text),  SIP_PARAM("p", ANGLED, struct sample, text),
        SIP_PARAM("p", COMMENT, struct sample, text), SIP_PARAM("p", TEXT, struct sample, text),
        SIP_PARAM("p", INDEX, struct sample, text)};

    (void)state;
    for (size_t i = 0; i < sizeof nocase / sizeof nocase[0]; i++) {
        assert_true(same(&nocase[i], TEXT("Ab"), TEXT("aB")));
        assert_false(same(&nocase[i], TEXT("Ab"), TEXT("aBc")));
        assert_false(same(&nocase[i], TEXT("Ab"), TEXT("")));
    }
    for (size_t i = 0; i < sizeof exact / sizeof exact[0]; i++) {
        assert_true(same(&exact[i], TEXT("Ab"), TEXT("Ab")));
        assert_false(same(&exact[i], TEXT("Ab"), TEXT("aB")));
        assert_false(is_set(&exact[i], TEXT("")));
    }
}

static void test_numbers(void **state)
{
    const sip_field number = SIP_PARAM_HAS("p", NUMBER, struct sample, number, has);
    const sip_field us = SIP_PARAM_HAS("p", US, struct sample, us, has);
    const sip_field q = SIP_PARAM_HAS("p", Q, struct sample, small, has);
    const sip_field date = SIP_PARAM_HAS("p", DATE, struct sample, date, has);
    const sip_field port = SIP_PARAM("p", PORT, struct sample, small);
    const sip_field rport = SIP_PARAM_HAS("p", PORT, struct sample, small, has);
    const sip_field head = SIP_HEAD(SECONDS, 0, struct sample, number);

    (void)state;
    assert_true(same(&number, WITH(number, 1), WITH(number, 1)));
    assert_false(same(&number, WITH(number, 1), WITH(number, 2)));
    assert_false(same(&number, WITH(number, 0), (struct sample){0}));
    assert_true(same(&number, (struct sample){.number = 5}, (struct sample){0}));
    assert_false(same(&us, WITH(us, 1), WITH(us, 2)));
    assert_false(same(&q, WITH(small, 1), WITH(small, 2)));
    assert_false(same(&date, WITH(date, 1), WITH(date, 2)));
    assert_true(is_set(&head, (struct sample){0}));
    assert_false(same(&head, (struct sample){.number = 1}, (struct sample){0}));
    assert_false(is_set(&port, (struct sample){.has = true}));
    assert_true(is_set(&port, (struct sample){.small = 1}));
    assert_true(is_set(&rport, (struct sample){.has = true}));
    assert_false(same(&rport, WITH(small, 1), WITH(small, 0)));
}

static void test_flags(void **state)
{
    const sip_field flag = SIP_PARAM("p", FLAG, struct sample, has);
    const sip_field on = SIP_PARAM("p", SWITCH, struct sample, state);
    const sip_field optional = SIP_PARAM_HAS("p", OPTIONAL, struct sample, number, index);

    (void)state;
    assert_true(same(&flag, (struct sample){.has = true}, (struct sample){.has = true}));
    assert_false(same(&flag, (struct sample){.has = true}, (struct sample){0}));
    assert_false(same(&on, WITH(state, SIP_ON), WITH(state, SIP_OFF)));
    assert_false(is_set(&on, WITH(state, SIP_DEFAULT)));
    assert_true(same(&optional, (struct sample){.index = SIP_BARE, .number = 1},
                     (struct sample){.index = SIP_BARE}));
    assert_false(same(&optional, (struct sample){.index = SIP_VALUED, .number = 1},
                      (struct sample){.index = SIP_VALUED}));
    assert_false(
        same(&optional, (struct sample){.index = SIP_VALUED}, (struct sample){.index = SIP_BARE}));
    assert_false(is_set(&optional, (struct sample){.number = 1}));
}

static void test_choices(void **state)
{
    const sip_field choice = SIP_PARAM_CHOICE("p", struct sample, text, index, sample_choices);
    const sip_field method = SIP_HEAD_CHOICE(METHOD, 0, struct sample, text, method, NULL);

    (void)state;
    assert_true(same(&choice, (struct sample){.index = 1}, TEXT("ONE")));
    assert_false(same(&choice, (struct sample){.index = 2}, TEXT("ONE")));
    assert_false(is_set(&choice, (struct sample){0}));
    assert_true(same(&method, WITH(method, SIP_METHOD_ACK), TEXT("ACK")));
    assert_false(same(&method, WITH(method, SIP_METHOD_ACK), TEXT("Ack")));
    assert_false(is_set(&method, (struct sample){0}));
}

static struct sample address_sample(const char *text)
{
    struct sample sample = {0};

    assert_int_equal(sip_address_parse(sip_str_of(text), &sample.address), 0);
    return sample;
}

static void test_addresses(void **state)
{
    const sip_field address = SIP_HEAD(ADDRESS, 0, struct sample, address);
    const sip_field via = SIP_HEAD(VIA, 0, struct sample, via);
    const sip_field star = SIP_HEAD_SELF(STAR);
    struct sample a = {.via = {.protocol = SIP_PROTOCOL_UDP, .host = SIP_STR("h")}};
    struct sample b = {.via = {.protocol_text = SIP_STR("udp"), .host = SIP_STR("H")}};

    (void)state;
    assert_true(same(&address, address_sample("A <sip:a@h>"), address_sample("sip:a@H")));
    assert_false(same(&address, address_sample("sip:a@h"), address_sample("sip:b@h")));
    assert_false(same(&address, address_sample("*"), address_sample("sip:b@h")));
    assert_true(same(&address, address_sample("*"), address_sample("*")));
    assert_true(same(&via, a, b));
    b.via.port = 5060;
    assert_false(same(&via, a, b));
    assert_true(same(&star, a, b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),     cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_flags),     cmocka_unit_test(test_choices),
        cmocka_unit_test(test_addresses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
