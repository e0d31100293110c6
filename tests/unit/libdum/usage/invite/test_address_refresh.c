#include "usage/invite/address_refresh.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/fail_alloc.h"

static sip_addr addr_of(const char *host)
{
    sip_addr addr;

    assert_int_equal(sip_addr_parse(sip_str_of(host), 0, &addr), 0);
    return addr;
}

static void expect(const char *text, const char *from, const char *to, const char *expected)
{
    fail_alloc memory;
    dum_manager dum;
    sip_addr old = addr_of(from), new = addr_of(to);
    sip_str got = {0};
    char copy[1000];

    fail_alloc_init(&memory, 0);
    dum = (dum_manager){.allocator = &memory.allocator};
    assert_int_equal(dum__address_refresh_text(&dum, sip_str_of(text), &old, &new, &got), 0);
    (void)snprintf(copy, sizeof copy, SIP_FMT, SIP_ARG(got));
    assert_string_equal(copy, expected);
    dum__free(&dum, (void *)(uintptr_t)got.ptr);
    fail_alloc_init(&memory, 1);
    assert_int_equal(dum__address_refresh_text(&dum, sip_str_of(text), &old, &new, &got),
                     SIP_ENOMEM);
    assert_int_equal(memory.live, 0);
}

static void connection_lines(void **state)
{
    (void)state;
    expect("v=0\r\no=a 1 9 IN IP4 192.0.2.1\r\ns=c=IN IP4 192.0.2.1\r\nc=IN IP4 192.0.2.1\r\n"
           "t=0 0\r\nm=audio 1 RTP/AVP 0\r\nc=IN IP4 192.0.2.1\r\nm=video 2 RTP/AVP 1\r\n"
           "c=IN IP4 192.0.2.2\r\n",
           "192.0.2.1", "203.0.113.77",
           "v=0\r\no=a 1 10 IN IP4 192.0.2.1\r\ns=c=IN IP4 192.0.2.1\r\nc=IN IP4 203.0.113.77\r\n"
           "t=0 0\r\nm=audio 1 RTP/AVP 0\r\nc=IN IP4 203.0.113.77\r\nm=video 2 RTP/AVP 1\r\n"
           "c=IN IP4 192.0.2.2\r\n");
}

static void other_families(void **state)
{
    (void)state;
    expect("o=- 1 999 IN IP6 2001:db8::1\nc=IN IP6 2001:DB8:0::1\nt=0 0\n", "2001:db8::1",
           "2001:db8::2", "o=- 1 1000 IN IP6 2001:db8::1\r\nc=IN IP6 2001:db8::2\r\nt=0 0\n");
    expect("o=- 1 18446744073709551615 IN IP4 h.example\nc=IN IP4 192.0.2.1", "192.0.2.1",
           "2001:db8::2",
           "o=- 1 18446744073709551616 IN IP4 h.example\r\nc=IN IP6 2001:db8::2\r\n");
}

/* Media that is elsewhere stays there, and nothing has a new version. */
static void of_others(void **state)
{
    static const char text[] = "v=0\r\no=- 1 9 IN IP4 192.0.2.1\r\nc=IN IP4 media.example\r\n"
                               "c=\r\nc=rubbish\r\nc=IN IP4 192.0.2.9\r\n\r\nno newline";

    (void)state;
    expect(text, "192.0.2.1", "192.0.2.2", text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connection_lines),
        cmocka_unit_test(other_families),
        cmocka_unit_test(of_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
