#include "dns/static_hosts.h"
#include "support/fail_alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static sip_addr addr_of(const char *text)
{
    sip_addr addr;

    assert_int_equal(sip_addr_parse(sip_str_of(text), 5060, &addr), 0);
    return addr;
}

static void given_names(void **state)
{
    sip_addr four = addr_of("192.0.2.1"), six = addr_of("2001:db8::1"), none = {.port = 1};
    const sip__static_host *host;
    sip__static_hosts hosts;

    (void)state;
    assert_int_equal(sip__static_hosts_init(&hosts, NULL, NULL), 0);
    assert_null(sip__static_hosts_find(&hosts, SIP_STR("a.example")));
    assert_int_equal(sip__static_hosts_add(&hosts, "A.example.", &four), 0);
    assert_int_equal(sip__static_hosts_add(&hosts, "a.example", &six), 0);
    assert_int_equal(sip__static_hosts_add(&hosts, "a..example", &six), SIP_EINVAL);
    assert_int_equal(sip__static_hosts_add(&hosts, "a.example", &none), SIP_EINVAL);
    host = sip__static_hosts_find(&hosts, SIP_STR("a.EXAMPLE"));
    assert_non_null(host);
    assert_int_equal(host->n_addrs, 2);
    assert_true(sip_addr_same_host(&host->addrs[0], &four));
    assert_int_equal(host->addrs[1].port, 0);
    for (size_t i = 2; i < SIP__STATIC_HOST_ADDRS; i++) {
        assert_int_equal(sip__static_hosts_add(&hosts, "a.example", &six), 0);
    }
    assert_int_equal(sip__static_hosts_add(&hosts, "a.example", &six), SIP_ETOOBIG);
    assert_null(sip__static_hosts_find(&hosts, SIP_STR("")));
    sip__static_hosts_finish(&hosts);
}

static void this_host(void **state)
{
    sip_addr other = addr_of("192.0.2.1");
    const sip__static_host *host;
    sip__static_hosts hosts;

    (void)state;
    assert_int_equal(sip__static_hosts_init(&hosts, NULL, NULL), 0);
    host = sip__static_hosts_find(&hosts, SIP_STR("LocalHost"));
    assert_non_null(host);
    assert_int_equal(host->n_addrs, 2);
    assert_int_equal(host->addrs[0].ip[15], 1);
    assert_int_equal(host->addrs[1].ip[0], 127);
    assert_ptr_equal(sip__static_hosts_find(&hosts, SIP_STR("a.localhost.")), host);
    assert_null(sip__static_hosts_find(&hosts, SIP_STR("notlocalhost")));
    assert_int_equal(sip__static_hosts_add(&hosts, "localhost", &other), 0);
    assert_int_equal(sip__static_hosts_find(&hosts, SIP_STR("localhost"))->n_addrs, 1);
    sip__static_hosts_finish(&hosts);
}

static void without_memory(void **state)
{
    sip_addr addr = addr_of("192.0.2.1");
    sip__static_hosts hosts = {0};
    fail_alloc fail;

    (void)state;
    sip__static_hosts_finish(&hosts);
    fail_alloc_init(&fail, 1);
    assert_int_equal(sip__static_hosts_init(&hosts, &fail.allocator, NULL), SIP_ENOMEM);
    fail_alloc_init(&fail, 2);
    assert_int_equal(sip__static_hosts_init(&hosts, &fail.allocator, NULL), 0);
    assert_int_equal(sip__static_hosts_add(&hosts, "a", &addr), SIP_ENOMEM);
    assert_null(sip__static_hosts_find(&hosts, SIP_STR("a")));
    sip__static_hosts_finish(&hosts);
    assert_int_equal(fail.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(given_names),
        cmocka_unit_test(this_host),
        cmocka_unit_test(without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
