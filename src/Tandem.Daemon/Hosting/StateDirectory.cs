using Tandem.Api;
using Tandem.Linux.Hosting;
using Tandem.Linux.Native;

namespace Tandem.Daemon.Hosting;

/// <summary>Finds the directory of the state files. The service acts as root on their contents, so nobody else may write there.</summary>
internal static class StateDirectory
{
    /// <summary>
    /// Opens the configured directory, and creates it if it does not exist. Without a configured one: that of the socket, or the default
    /// directory if others may write to the socket's. The error says what is wrong.
    /// </summary>
    /// <exception cref="IOException">The directory cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory may not be created.</exception>
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
