#include "handler/emit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

/* The wrappers only pass things on, so whatever address does for an object. */
static char objects[8];
#define OBJECT(type, i) ((type *)(void *)&objects[i])

static const dum_cause cause = {.why = DUM_WHY_LOCAL};
static const sip_body body = {.data = SIP_STR_INIT("v=0")};
static char user;

/* What the last callback was given. */
static struct {
    const char *name;
    const void *object, *news, *user_data;
    unsigned calls;
} last;

static void note(const char *name, const void *object, const void *news, const void *user_data)
{
    last.name = name;
    last.object = object;
    last.news = news;
    last.user_data = user_data;
    last.calls++;
}

/* The last call was this one, and the only one since. */
static void told(const char *name, const void *object, const void *news)
{
    assert_int_equal(last.calls, 1);
    assert_string_equal(last.name, name);
    assert_ptr_equal(last.object, object);
    assert_ptr_equal(last.news, news);
    assert_ptr_equal(last.user_data, &user);
    last.calls = 0;
}

#define NOTE(fn, object_type, news_type)                                                           \
    static void fn(object_type *object, news_type *news, void *user_data)                          \
    {                                                                                              \
        note(#fn, object, news, user_data);                                                        \
    }

NOTE(new_session, dum_invite, const sip_msg)
NOTE(forked, dum_invite, dum_invite)
NOTE(provisional, dum_invite, const sip_msg)
NOTE(offer, dum_invite, const sip_body)
NOTE(answer, dum_invite, const sip_body)
NOTE(offer_required, dum_invite, const sip_msg)
NOTE(offer_failed, dum_invite, const dum_cause)
NOTE(connected, dum_invite, const sip_msg)
NOTE(invite_over, dum_invite, const dum_cause)
NOTE(active, dum_registration, const sip_msg)
NOTE(retrying, dum_registration, const dum_cause)
NOTE(registration_over, dum_registration, const dum_cause)
NOTE(message, dum_manager, dum_request)
NOTE(delivered, dum_pager, const sip_msg)
NOTE(pager_over, dum_pager, const dum_cause)
NOTE(request, dum_manager, dum_request)
NOTE(response, dum_out_of_dialog, const sip_msg)
NOTE(ood_over, dum_out_of_dialog, const dum_cause)
NOTE(added, dum_registrar, const dum_binding)
NOTE(refreshed, dum_registrar, const dum_binding)

static void removed(dum_registrar *registrar, const dum_binding *binding, bool expired, void *ud)
{
    note(expired ? "expired" : "removed", registrar, binding, ud);
}

static int check_aor(dum_registrar *registrar, const sip_msg *register_, sip_str aor, void *ud)
{
    note("check_aor", registrar, register_, ud);
    return sip_str_equal(aor, "sip:good@home") ? 0 : 404;
}

static bool find_a1(dum_manager *dum, sip_str name, sip_str realm, sip_digest_algorithm algorithm,
                    char a1_hex[SIP_DIGEST_HEX_BYTES], void *ud)
{
    note("find_a1", dum, realm.ptr, ud);
    assert_int_equal(algorithm, SIP_DIGEST_SHA256);
    memcpy(a1_hex, "a1", 3);
    return sip_str_equal(name, "alice");
}

static bool may_send(dum_manager *dum, sip_str name, const sip_msg *msg, void *ud)
{
    note("may_send", dum, msg, ud);
    return sip_str_equal(name, "alice");
}

/* A manager with every callback. */
static dum_manager full(void)
{
    dum_manager dum = {.destroying = false};

    dum.invite.handler = (dum_invite_handler){
        .on_new_session = new_session,
        .on_forked = forked,
        .on_provisional = provisional,
        .on_offer = offer,
        .on_answer = answer,
        .on_offer_required = offer_required,
        .on_offer_failed = offer_failed,
        .on_connected = connected,
        .on_terminated = invite_over,
    };
    dum.registration.handler = (dum_registration_handler){
        .on_active = active, .on_retrying = retrying, .on_terminated = registration_over};
    dum.pager.handler = (dum_pager_handler){
        .on_message = message, .on_delivered = delivered, .on_terminated = pager_over};
    dum.out_of_dialog.handler = (dum_out_of_dialog_handler){
        .on_request = request, .on_response = response, .on_terminated = ood_over};
    dum.bindings.handler = (dum_registrar_handler){.check_aor = check_aor,
                                                   .on_added = added,
                                                   .on_refreshed = refreshed,
                                                   .on_removed = removed};
    dum.server_auth.handler = (dum_server_auth_handler){.find_a1 = find_a1, .may_send = may_send};
    dum.invite.user_data = dum.registration.user_data = dum.pager.user_data =
        dum.out_of_dialog.user_data = dum.bindings.user_data = dum.server_auth.user_data = &user;
    memset(&last, 0, sizeof last);
    return dum;
}

static void sessions_are_told(void **state)
{
    dum_manager dum = full();
    dum_invite *inv = OBJECT(dum_invite, 0), *fork = OBJECT(dum_invite, 1);
    const sip_msg *msg = OBJECT(sip_msg, 2);

    (void)state;
    assert_true(dum__emit_invite_new_session(&dum, inv, msg));
    told("new_session", inv, msg);
    assert_true(dum__emit_invite_forked(&dum, inv, fork));
    told("forked", inv, fork);
    dum__emit_invite_provisional(&dum, inv, msg);
    told("provisional", inv, msg);
    assert_true(dum__emit_invite_offer(&dum, inv, &body));
    told("offer", inv, &body);
    dum__emit_invite_answer(&dum, inv, &body);
    told("answer", inv, &body);
    assert_true(dum__emit_invite_offer_required(&dum, inv, msg));
    told("offer_required", inv, msg);
    dum__emit_invite_offer_failed(&dum, inv, &cause);
    told("offer_failed", inv, &cause);
    dum__emit_invite_connected(&dum, inv, msg);
    told("connected", inv, msg);
    dum__emit_invite_terminated(&dum, inv, &cause);
    told("invite_over", inv, &cause);
}

static void registrations_are_told(void **state)
{
    dum_manager dum = full();
    dum_registration *reg = OBJECT(dum_registration, 0);
    const sip_msg *msg = OBJECT(sip_msg, 1);

    (void)state;
    dum__emit_registration_active(&dum, reg, msg);
    told("active", reg, msg);
    dum__emit_registration_retrying(&dum, reg, &cause);
    told("retrying", reg, &cause);
    dum__emit_registration_terminated(&dum, reg, &cause);
    told("registration_over", reg, &cause);
}

static void single_requests_are_told(void **state)
{
    dum_manager dum = full();
    dum_request *asked = OBJECT(dum_request, 0);
    dum_pager *pager = OBJECT(dum_pager, 1);
    dum_out_of_dialog *ood = OBJECT(dum_out_of_dialog, 2);
    const sip_msg *msg = OBJECT(sip_msg, 3);

    (void)state;
    assert_true(dum__emit_pager_message(&dum, asked));
    told("message", &dum, asked);
    dum__emit_pager_delivered(&dum, pager, msg);
    told("delivered", pager, msg);
    dum__emit_pager_terminated(&dum, pager, &cause);
    told("pager_over", pager, &cause);
    assert_true(dum__emit_out_of_dialog_request(&dum, asked));
    told("request", &dum, asked);
    dum__emit_out_of_dialog_response(&dum, ood, msg);
    told("response", ood, msg);
    dum__emit_out_of_dialog_terminated(&dum, ood, &cause);
    told("ood_over", ood, &cause);
}

static void registrars_are_told_and_asked(void **state)
{
    dum_manager dum = full();
    dum_registrar *registrar = OBJECT(dum_registrar, 0);
    const dum_binding *binding = OBJECT(dum_binding, 1);
    const sip_msg *msg = OBJECT(sip_msg, 2);

    (void)state;
    assert_int_equal(dum__emit_registrar_check_aor(&dum, registrar, msg, SIP_STR("sip:good@home")),
                     0);
    told("check_aor", registrar, msg);
    assert_int_equal(dum__emit_registrar_check_aor(&dum, registrar, msg, SIP_STR("sip:x@home")),
                     404);
    told("check_aor", registrar, msg);
    dum__emit_registrar_added(&dum, registrar, binding);
    told("added", registrar, binding);
    dum__emit_registrar_refreshed(&dum, registrar, binding);
    told("refreshed", registrar, binding);
    dum__emit_registrar_removed(&dum, registrar, binding, false);
    told("removed", registrar, binding);
    dum__emit_registrar_removed(&dum, registrar, binding, true);
    told("expired", registrar, binding);
}

static void server_auth_is_asked(void **state)
{
    dum_manager dum = full();
    const sip_msg *msg = OBJECT(sip_msg, 0);
    sip_str realm = SIP_STR("home");
    char a1[SIP_DIGEST_HEX_BYTES] = "";
    bool may = false;

    (void)state;
    assert_true(
        dum__emit_server_auth_find_a1(&dum, SIP_STR("alice"), realm, SIP_DIGEST_SHA256, a1));
    told("find_a1", &dum, realm.ptr);
    assert_string_equal(a1, "a1");
    assert_false(dum__emit_server_auth_find_a1(&dum, SIP_STR("eve"), realm, SIP_DIGEST_SHA256, a1));
    told("find_a1", &dum, realm.ptr);
    assert_true(dum__emit_server_auth_may_send(&dum, SIP_STR("alice"), msg, &may));
    told("may_send", &dum, msg);
    assert_true(may);
    assert_true(dum__emit_server_auth_may_send(&dum, SIP_STR("eve"), msg, &may));
    assert_false(may);
}

/* No member is required but find_a1. */
static void without_callbacks_nothing_happens(void **state)
{
    dum_manager dum = {.destroying = false};
    bool may = true;

    (void)state;
    assert_false(dum__emit_invite_new_session(&dum, NULL, NULL));
    assert_false(dum__emit_invite_forked(&dum, NULL, NULL));
    assert_false(dum__emit_invite_offer(&dum, NULL, &body));
    assert_false(dum__emit_invite_offer_required(&dum, NULL, NULL));
    assert_false(dum__emit_pager_message(&dum, NULL));
    assert_false(dum__emit_out_of_dialog_request(&dum, NULL));
    assert_false(dum__emit_server_auth_may_send(&dum, SIP_STR("eve"), NULL, &may));
    assert_true(may);
    assert_int_equal(dum__emit_registrar_check_aor(&dum, NULL, NULL, SIP_STR("sip:x@home")), 0);
    dum__emit_invite_provisional(&dum, NULL, NULL);
    dum__emit_invite_answer(&dum, NULL, &body);
    dum__emit_invite_offer_failed(&dum, NULL, &cause);
    dum__emit_invite_connected(&dum, NULL, NULL);
    dum__emit_invite_terminated(&dum, NULL, &cause);
    dum__emit_registration_active(&dum, NULL, NULL);
    dum__emit_registration_retrying(&dum, NULL, &cause);
    dum__emit_registration_terminated(&dum, NULL, &cause);
    dum__emit_pager_delivered(&dum, NULL, NULL);
    dum__emit_pager_terminated(&dum, NULL, &cause);
    dum__emit_out_of_dialog_response(&dum, NULL, NULL);
    dum__emit_out_of_dialog_terminated(&dum, NULL, &cause);
    dum__emit_registrar_added(&dum, NULL, NULL);
    dum__emit_registrar_refreshed(&dum, NULL, NULL);
    dum__emit_registrar_removed(&dum, NULL, NULL, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sessions_are_told),
        cmocka_unit_test(registrations_are_told),
        cmocka_unit_test(single_requests_are_told),
        cmocka_unit_test(registrars_are_told_and_asked),
        cmocka_unit_test(server_auth_is_asked),
        cmocka_unit_test(without_callbacks_nothing_happens),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
