// The functions of Boost.Asio and Boost.Beast that are no templates (see P2poolDependencies.cmake).
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
