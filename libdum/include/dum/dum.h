/* All of libdum. */
#ifndef DUM_DUM_H
#define DUM_DUM_H

#include <dum/cause.h>
#include <dum/invite.h>
#include <dum/manager.h>
#include <dum/oneshot.h>
#include <dum/profile.h>
#include <dum/registrar.h>
#include <dum/registration.h>
#include <dum/request.h>
#include <dum/server_auth.h>
#include <sip/sip.h>

#endif
