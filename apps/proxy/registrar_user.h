/* The first of the proxy's two transaction users: libdum's registrar behind digest. */
#ifndef PROXY_REGISTRAR_USER_H
#define PROXY_REGISTRAR_USER_H

#include "proxy/proxy_options.h"
#include <dum/dum.h>

/* @return 0 or a SIP_E…; `options` must outlive the stack. */
int registrar_user_create(sip_stack *stack, const proxy_options *options,
                          dum_registrar **ret_registrar);

#endif
