#include <dum/dum.h>
#include <signal.h>
#include <stdio.h>
struct phone {
    sip_stack *stack;
    dum_profile *me;
    dum_invite *call;
    const char *callee;
};
static const sip_body offer =
    SIP_BODY_SDP("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n"
                 "c=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0 8\r\n");
static void on_active(dum_registration *reg, const sip_msg *response, void *ud)
{
    (void)response;
    struct phone *phone = ud;
    dum_invite_config call = {.to = phone->callee, .offer = &offer, .forks = DUM_FORKS_SHOWN};
    printf("registered for %u s\n", (unsigned)dum_registration_expires_s(reg));
    if (call.to != NULL && dum_invite_create(phone->me, &call, &phone->call) != 0) {
        sip_stack_stop(phone->stack);
    }
    phone->callee = NULL; /* on_active() comes again with each refresh */
}
static void on_unregistered(dum_registration *reg, const dum_cause *cause, void *ud)
{
    (void)reg;
    printf("registration over: " SIP_FMT "\n", SIP_ARG(cause->text));
    sip_stack_stop(((struct phone *)ud)->stack);
}
static void on_provisional(dum_invite *call, const sip_msg *msg, void *ud)
{
    (void)ud;
    printf("[%u] %d " SIP_FMT "%s\n", dum_invite_fork_index(call), sip_msg_status(msg),
           SIP_ARG(sip_msg_phrase(msg)), sip_msg_body(msg) != NULL ? ", early media" : "");
} /* "[0] 180 Ringing", "[1] 183 Session Progress, early media" */
static void on_connected(dum_invite *call, const sip_msg *msg, void *ud)
{
    (void)msg;
    printf("[%u] connected\n", dum_invite_fork_index(call));
    ((struct phone *)ud)->call = call; /* the fork that won */
}
static void on_terminated(dum_invite *call, const dum_cause *cause, void *ud)
{
    struct phone *phone = ud;
    printf("[%u] over: " SIP_FMT "\n", dum_invite_fork_index(call), SIP_ARG(cause->text));
    if (call == phone->call) { /* not a fork that lost */
        phone->call = NULL;
        sip_stack_stop(phone->stack); /* unregisters, then sip_stack_run() returns */
    }
}
static void on_ctrl_c(int signum, void *ud)
{
    (void)signum;             /* on the loop: CANCEL all, or BYE */
    struct phone *phone = ud; /* if there is no call, or it is ending (a second Ctrl-C): stop */
    if (dum_invite_end(phone->call, 0, NULL) != 0) {
        sip_stack_stop(phone->stack);
    }
}
static const dum_registration_handler registrations = {.on_active = on_active,
                                                       .on_terminated = on_unregistered};
static const dum_invite_handler calls = {
    .on_provisional = on_provisional, .on_connected = on_connected, .on_terminated = on_terminated};
int main(int argc, char **argv)
{
    struct phone phone = {.callee = argv[argc - 1]};
    dum_profile_config me = {.aor = argv[1], .password = argc == 4 ? argv[2] : NULL};
    dum_manager *dum;
    int err = sip_stack_create(NULL, &phone.stack) || sip_stack_listen(phone.stack, "udp:[::]:0") ||
              sip_stack_on_signal(phone.stack, SIGINT, on_ctrl_c, &phone) ||
              dum_manager_create(phone.stack, NULL, &dum) ||
              dum_profile_create(dum, &me, &phone.me) ||
              dum_manager_set_invite_handler(dum, &calls, &phone) ||
              dum_manager_set_registration_handler(dum, &registrations, &phone) ||
              dum_registration_create(phone.me, NULL, NULL) || sip_stack_run(phone.stack);
    if (err) {
        fprintf(stderr, "call AOR PASSWORD CALLEE: %s\n", sip_stack_error(phone.stack));
    }
    sip_stack_destroy(phone.stack);
    return err;
}
