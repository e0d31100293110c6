#include <dum/dum.h>
#include <stdio.h>
static const sip_body media =
    SIP_BODY_SDP("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n"
                 "c=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n");
static void on_new_session(dum_invite *call, const sip_msg *invite, void *ud)
{
    (void)ud;
    printf("call from " SIP_FMT "\n", SIP_ARG(sip_msg_from(invite)->uri.text));
    dum_invite_provisional(call, 180, NULL); /* below: 488 if, say, the offer has two streams */
    if (dum_invite_accept(call, &media, NULL) != 0) {
        dum_invite_end(call, 488, NULL);
    }
}
static void on_terminated(dum_invite *call, const dum_cause *why, void *ud)
{
    (void)call, (void)ud;
    printf("ended: " SIP_FMT "\n", SIP_ARG(why->text));
}
static const dum_invite_handler calls = {.on_new_session = on_new_session,
                                         .on_terminated = on_terminated};
int main(void)
{
    sip_stack *stack = NULL;
    dum_manager *dum;
    int err = sip_stack_create(NULL, &stack) || sip_stack_listen(stack, "udp:[::]:5060") ||
              dum_manager_create(stack, NULL, &dum) ||
              dum_profile_create(dum, &(dum_profile_config){.early_media = SIP_OFF}, NULL) ||
              dum_manager_set_invite_handler(dum, &calls, NULL) || sip_stack_run(stack);
    if (err) {
        fprintf(stderr, "hello: %s\n", sip_stack_error(stack));
    }
    sip_stack_destroy(stack);
    return err;
}
