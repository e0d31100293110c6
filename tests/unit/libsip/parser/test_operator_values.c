#include "support/guard_str.h"
#include "support/header_rows.h"

static const header_row rows[] = {
    /* RFC 7315 6 */
    {&sip_p_access_network_info_type, "3GPP-UTRAN-TDD; utran-cell-id-3gpp=234151D0FCE11",
     "3GPP-UTRAN-TDD;utran-cell-id-3gpp=234151D0FCE11",
     "3GPP-UTRAN-TDD;utran-cell-id-3gpp=234151D0FCE11"},
    {&sip_p_access_network_info_type, "ADSL;dsl-location=\"a b\";x=1;network-provided", NULL,
     "ADSL;dsl-location=\"a b\";network-provided"},
    {&sip_p_visited_network_id_type, "other.net", NULL, "other.net"},
    {&sip_p_visited_network_id_type, "\"Visited network number 1\"", NULL,
     "\"Visited network number 1\""},
    {&sip_p_charging_vector_type,
     "icid-value=1234bc9876e; icid-generated-at=192.0.6.8; orig-ioi=home1.net",
     "icid-value=1234bc9876e;icid-generated-at=192.0.6.8;orig-ioi=home1.net",
     "icid-value=1234bc9876e;icid-generated-at=192.0.6.8;orig-ioi=home1.net"},
    {&sip_p_charging_vector_type, "x;icid-value=\"a:b\"", NULL, "icid-value=\"a:b\""},
    {&sip_p_charging_vector_type, "icid-value=1;transit-ioi=a.1", NULL,
     "icid-value=1;transit-ioi=\"a.1\""},
    {&sip_p_charging_vector_type, "icid-value=1;transit-ioi=\"a.1, b.2\"", NULL,
     "icid-value=1;transit-ioi=\"a.1, b.2\""},
    {&sip_p_charging_function_addresses_type, "ccf=192.0.8.1; ecf=192.0.8.3;x=y",
     "ccf=192.0.8.1;ecf=192.0.8.3;x=y", "ccf=192.0.8.1;ecf=192.0.8.3"},
    {&sip_p_charging_function_addresses_type,
     "ccf=\"[5555::b99:c88:d77:e66]\";ccf=\"[5555::a55:b44:c33:d22]\"", NULL,
     "ccf=\"[5555::b99:c88:d77:e66]\""},
    /* RFC 5009 */
    {&sip_p_early_media_type, "supported", NULL, NULL},
    {&sip_p_early_media_type, "odd", NULL, NULL},
};

static void test_rows(void **state)
{
    (void)state;
    header_rows_check(ROWS(rows));
}

static void test_members(void **state)
{
    sip_p_access_network_info info;
    sip_p_charging_vector vector;
    sip_p_charging_function_addresses addresses;
    sip_p_visited_network_id id;
    sip_p_early_media media;

    (void)state;
    header_read(&sip_p_access_network_info_type,
                "3GPP-E-UTRAN;utran-sai-3gpp=a;operator-specific-gi=\"g\";cgi-3gpp=c;np=1", &info);
    assert_str(info.access, "3GPP-E-UTRAN");
    assert_str(info.utran_sai_3gpp, "a");
    assert_str(info.operator_specific_gi, "g");
    assert_str(info.cgi_3gpp, "c");
    assert_false(info.network_provided);
    header_read(&sip_p_charging_vector_type, "icid-value=a;term-ioi=t;related-icid=r;transit-ioi=x",
                &vector);
    assert_str(vector.icid_value, "a");
    assert_str(vector.term_ioi, "t");
    assert_str(vector.related_icid, "r");
    assert_str(vector.transit_ioi, "x");
    header_read(&sip_p_charging_function_addresses_type, "ecf=1;ccf=2;ecf=3", &addresses);
    assert_str(addresses.ecf, "1");
    assert_str(addresses.ccf, "2");
    header_read(&sip_p_charging_function_addresses_type, "ccf=1;ccf-2=2;ecf=3;ECF-2=\"4\"",
                &addresses);
    assert_str(addresses.ccf, "1");
    assert_str(addresses.ccf_2, "2");
    assert_str(addresses.ecf, "3");
    assert_str(addresses.ecf_2, "4");
    header_read(&sip_p_visited_network_id_type, "\"a, b\"", &id);
    assert_str(id.name, "a, b");
    header_read(&sip_p_early_media_type, "SendOnly", &media);
    assert_int_equal(media.mode, SIP_EARLY_MEDIA_SENDONLY);
}

static void test_build(void **state)
{
    sip_p_charging_vector vector = {.orig_ioi = SIP_STR("h")};
    sip_p_charging_function_addresses addresses, other;
    sip_p_early_media media = {.mode = SIP_EARLY_MEDIA_GATED};
    sip_p_visited_network_id id = {.name = SIP_STR("a b")};

    (void)state;
    header_prints(&sip_p_charging_vector_type, &vector, NULL);
    vector.icid_value = SIP_STR("1");
    header_prints(&sip_p_charging_vector_type, &vector, "icid-value=1;orig-ioi=h");
    header_prints(&sip_p_early_media_type, &media, "gated");
    header_prints(&sip_p_visited_network_id_type, &id, "\"a b\"");
    header_read(&sip_p_charging_function_addresses_type, "ccf=1;ccf=2;ecf=3", &addresses);
    header_read(&sip_p_charging_function_addresses_type, "ecf=3;ccf=1;ccf=4", &other);
    assert_false(sip_header_equal(&sip_p_charging_function_addresses_type, &addresses, &other));
    addresses.ccf = SIP_STR("9");
    header_prints(&sip_p_charging_function_addresses_type, &addresses, "ccf=9;ccf=2;ecf=3");
    addresses.ccf = (sip_str){0};
    header_prints(&sip_p_charging_function_addresses_type, &addresses, "ecf=3");
    addresses = (sip_p_charging_function_addresses){.ccf = SIP_STR("1"), .ccf_2 = SIP_STR("2")};
    header_prints(&sip_p_charging_function_addresses_type, &addresses, "ccf=1;ccf-2=2");
}

static void test_refused(void **state)
{
    (void)state;
    header_refused(&sip_p_access_network_info_type, ";x", 0);
    header_refused(&sip_p_access_network_info_type, "a;cgi-3gpp", 2);
    header_refused(&sip_p_charging_vector_type, "orig-ioi=h", 10);
    header_refused(&sip_p_charging_vector_type, "icid-value", 0);
    header_refused(&sip_p_early_media_type, "gated;x", 5);
    header_refused(&sip_p_visited_network_id_type, "\"a", 0);
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
