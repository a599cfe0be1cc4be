# Read by CMake right after llama.cpp names its project (CMAKE_PROJECT_llama.cpp_INCLUDE, see the Makefile).
# llama-cpp-python forces the library of llama.cpp's own command line tools on; it is the longest part of the build,
# and nothing here or in llama-cpp-python loads it.
set(LLAMA_BUILD_COMMON OFF)
