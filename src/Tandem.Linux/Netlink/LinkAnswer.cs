using Tandem.Linux.Native;

namespace Tandem.Linux.Netlink;

/// <summary>Reads the kernel's answers to questions about interfaces where a failure can be nothing but a fault.</summary>
public static class LinkAnswer
{
    /// <summary>
    /// The interface; null if there is none. Only the kernel's word that there is none makes it so: anything else would tear bonds down for a
    /// passing trouble.
    /// </summary>
    /// <exception cref="InvalidOperationException">The kernel did not say.</exception>
    public static LinkInfo? IfPresent(this LinuxResult<LinkInfo> answer) => answer.Error.Errno == Errno.ENODEV ? null : answer.Expected();

    /// <summary>What was asked for.</summary>
    /// <exception cref="InvalidOperationException">The kernel did not say.</exception>
    public static T Expected<T>(this LinuxResult<T> answer)
        where T : class =>
        answer.Value ?? throw new InvalidOperationException($"the kernel does not tell about interfaces: {answer.Error}");
}
