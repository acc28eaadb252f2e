using Tandem.Linux.Doctor.Checks;
using Tandem.Linux.Hosting;

namespace Tandem.Linux.Doctor.Probes;

/// <summary>Reads the rights of this thread.</summary>
internal static class RightsProbe
{
    /// <summary>USER_NS_INIT_INO (linux/nsfs.h): the initial user namespace, on every machine.</summary>
    private const string FirstUserNamespace = "user:[4026531837]";

    public static Rights Look() =>
        new(
            Capabilities.Effective(File.ReadLines("/proc/thread-self/status")),
            new FileInfo("/proc/self/ns/user").LinkTarget == FirstUserNamespace
        );
}
