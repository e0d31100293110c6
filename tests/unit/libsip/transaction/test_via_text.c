#include "transaction/via_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sip/build.h>

static sip_addr addr(const char *host, uint16_t port)
{
    sip_addr parsed;

    assert_int_equal(sip_addr_parse(sip_str_of(host), port, &parsed), 0);
    return parsed;
}

/* Whatever a request of our own says. */
static void test_as_other_requests_say_it(void **state)
{
    const sip_addr group4 = addr("224.0.1.75", 5060), group6 = addr("[ff02::1]", 5060);
    const sip__wire wires[] = {
        {.protocol = SIP_PROTOCOL_UDP, .sent_by = addr("192.0.2.1", 5060)},
        {.protocol = SIP_PROTOCOL_TCP, .sent_by = addr("[2001:db8::1]", 65535), .alias = true},
        {.protocol = SIP_PROTOCOL_TLS, .sent_by = addr("192.0.2.1", 0), .keep = true},
        {.protocol = SIP_PROTOCOL_WSS,
         .sent_by = addr("192.0.2.1", 7),
         .sent_by_host = SIP_STR("edge.example.com")},
        {.protocol = SIP_PROTOCOL_UDP, .sent_by = addr("192.0.2.1", 10), .maddr = &group4},
        {.protocol = SIP_PROTOCOL_UDP, .sent_by = addr("[2001:db8::1]", 10), .maddr = &group6},
    };
    char room[SIP__VIA_TEXT_BYTES];
    sip_build *build = sip_build_request(NULL, SIP_STR("OPTIONS"), SIP_STR("sip:b@example.com"));
    sip_msg *request = NULL;

    (void)state;
    assert_int_equal(sip_build_finish(build, &request), 0);
    for (size_t i = 0; i < sizeof wires / sizeof *wires; i++) {
        sip__wire wire = wires[i];
        sip_msg *printed = NULL;

        wire.branch = SIP_STR("z9hG4bKx");
        assert_int_equal(sip__print_request(request, &wire, &printed), 0);
        assert_true(
            sip_str_same(sip__via_text(&wire, room), sip_msg_value(printed, SIP_HEADER_VIA, 0)));
        sip_msg_unref(printed);
    }
    sip_msg_unref(request);
}

static void test_too_long(void **state)
{
    static char name[600];
    char room[SIP__VIA_TEXT_BYTES];
    sip__wire wire = {.protocol = SIP_PROTOCOL_UDP, .branch = SIP_STR("z9hG4bKx")};

    (void)state;
    memset(name, 'a', sizeof name);
    wire.sent_by_host = (sip_str){name, sizeof name};
    assert_int_equal(sip__via_text(&wire, room).len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_other_requests_say_it),
        cmocka_unit_test(test_too_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
