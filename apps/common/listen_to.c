#include "common/listen_to.h"

#include "common/say.h"
#include "common/tls_options.h"

int listen_to(sip_stack *stack, const words *where, const sip_listener_config *like,
              const char *program)
{
    for (size_t i = 0; i < where->count; i++) {
        sip_listener_config config = *like;
        int err;

        config.where = where->items[i];
        config.client_only =
            tls_options_is_secure(where->items[i]) && !sip_tls_can_serve(like->tls);
        err = sip_stack_listen_on(stack, &config);

        if (err == SIP_EINVAL || err == SIP_EUNSUPPORTED) {
            say_error(program,
                      "--listen '%s': must be udp:HOST:PORT, tcp:, tls:, ws: or wss:HOST:PORT: %s",
                      where->items[i], sip_stack_error(stack));
            return 2;
        }
        if (err != 0) {
            say_error(program, "%s", sip_stack_error(stack));
            return 1;
        }
    }
    return 0;
}
