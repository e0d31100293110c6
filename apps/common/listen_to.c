#include "common/listen_to.h"

#include "common/say.h"

int listen_to(sip_stack *stack, const words *where, const char *program)
{
    for (size_t i = 0; i < where->count; i++) {
        int err = sip_stack_listen(stack, where->items[i]);

        if (err == SIP_EINVAL || err == SIP_EUNSUPPORTED) {
            say_error(program, "--listen '%s': must be udp:HOST:PORT or tcp:HOST:PORT",
                      where->items[i]);
            return 2;
        }
        if (err != 0) {
            say_error(program, "%s", sip_stack_error(stack));
            return 1;
        }
    }
    return 0;
}
