#include "support/guard_str.h"
#include "support/header_rows.h"

static const header_row rows[] = {
    /* RFC 6442 4 */
    {&sip_geolocation_type, "<cid:target123@atlanta.example.com>", NULL, NULL},
    {&sip_geolocation_type, "<https://lis.example.com:8222/y77syc7cuecbh>;x=1", NULL,
     "<https://lis.example.com:8222/y77syc7cuecbh>"},
    {&sip_geolocation_routing_type, "yes", NULL, "yes"},
    {&sip_geolocation_routing_type, "No;x", NULL, "No"},
    {&sip_geolocation_error_type, "100 ; code=\"Cannot Process Location\"",
     "100;code=\"Cannot Process Location\"", "100;code=\"Cannot Process Location\""},
};

static void test_rows(void **state)
{
    (void)state;
    header_rows_check(ROWS(rows));
}

static void test_members(void **state)
{
    sip_geolocation location;
    sip_geolocation_routing routing;
    sip_geolocation_error error;

    (void)state;
    header_read(&sip_geolocation_type, "<cid:a@h>", &location);
    assert_str(location.address.uri.text, "cid:a@h");
    header_read(&sip_geolocation_routing_type, "YES", &routing);
    assert_int_equal(routing.consent, SIP_CONSENT_YES);
    header_read(&sip_geolocation_routing_type, "perhaps", &routing);
    assert_int_equal(routing.consent, SIP_CONSENT_OTHER);
    assert_str(routing.text, "perhaps");
    header_read(&sip_geolocation_error_type, "201;code=\"x\"", &error);
    assert_int_equal(error.code, 201);
    assert_str(error.text, "x");
}

static void test_build(void **state)
{
    sip_geolocation_routing routing = {.consent = SIP_CONSENT_NO};
    sip_geolocation_error error = {.code = 300, .text = SIP_STR("Permission To Use Location")};

    (void)state;
    header_prints(&sip_geolocation_routing_type, &routing, "no");
    header_prints(&sip_geolocation_error_type, &error, "300;code=\"Permission To Use Location\"");
}

static void test_refused(void **state)
{
    (void)state;
    header_refused(&sip_geolocation_type, "<cid:a@h", 0);
    header_refused(&sip_geolocation_routing_type, "yes no", 4);
    header_refused(&sip_geolocation_error_type, "x;code=\"a\"", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_build),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
