using Tandem.Linux.Native;

namespace Tandem.Linux.Netlink;

/// <summary>Interprets results of interface queries for which any other error is a fault.</summary>
public static class LinkAnswer
{
    /// <summary>
    /// The interface; null if it does not exist. Only ENODEV counts as missing: treating a transient error as such would remove bonds.
    /// </summary>
    /// <exception cref="InvalidOperationException">The kernel did not answer.</exception>
    public static LinkInfo? IfPresent(this LinuxResult<LinkInfo> answer) => answer.Error.Errno == Errno.ENODEV ? null : answer.Expected();

    /// <summary>The result.</summary>
    /// <exception cref="InvalidOperationException">The kernel did not answer.</exception>
    public static T Expected<T>(this LinuxResult<T> answer)
        where T : class =>
        answer.Value ?? throw new InvalidOperationException($"the kernel does not describe the interface: {answer.Error}");
}
