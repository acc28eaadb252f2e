using Tandem.Api;
using Tandem.Linux.Hosting;
using Tandem.Linux.Native;

namespace Tandem.Daemon.Hosting;

/// <summary>Finds the directory of the state files. What stands in them is done as root, so nobody else may write there.</summary>
internal static class StateDirectory
{
    /// <summary>
    /// Opens the directory that was asked for, and makes it if it is not there. If none was: that of the socket, or, where others may write,
    /// the usual one. The error says what is wrong with it.
    /// </summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static LinuxResult<PrivateDirectory> Open(Settings settings)
    {
        if (settings.State is { } chosen)
            return Make(chosen);
        var bySocket = Make(Path.GetDirectoryName(settings.Socket) ?? "/");
        return bySocket.IsOk ? bySocket : Make(Path.GetDirectoryName(Endpoints.DefaultSocket)!);
    }

    private static LinuxResult<PrivateDirectory> Make(string path)
    {
        Directory.CreateDirectory(path);
        return PrivateDirectory.Open(path);
    }
}
