using System.Diagnostics;

namespace AcquireInfra.Enrichment.Feeds.Storage;

/// <summary>
/// One writer at a time in a state folder, whatever process it is in. Held by the open file, not by its existence: a process that dies
/// lets go of it.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    /// <summary>Longest wait for another process, which compiles in seconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    readonly FileStream _file;

    FolderLock(FileStream file) => _file = file;

    /// <summary>Waits while another holds it, and for nothing else.</summary>
    /// <exception cref="IOException">The file cannot be opened, or another holds it for longer than the patience.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public static FolderLock Take(string folder, TimeSpan patience, CancellationToken cancellation)
    {
        for (var began = Stopwatch.GetTimestamp(); ;)
        {
            cancellation.ThrowIfCancellationRequested();
            if (TryTake(folder) is { } taken)
            {
                return taken;
            }
            if (Stopwatch.GetElapsedTime(began) >= patience)
            {
                throw new IOException($"{Path.Combine(folder, "lock")} has been held by another process for {patience.TotalSeconds} s.");
            }
            cancellation.WaitHandle.WaitOne(Pause);
        }
    }

    /// <returns>Null where another holds it.</returns>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static FolderLock? TryTake(string folder)
    {
        try
        {
            return new(new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException exception) when (IsHeldByAnother(exception))
        {
            return null;
        }
    }

    public void Dispose() => _file.Dispose();

    // ERROR_SHARING_VIOLATION; EWOULDBLOCK of flock, which Linux and macOS number differently.
    static bool IsHeldByAnother(IOException exception) => exception.HResult == (
        OperatingSystem.IsWindows() ? unchecked((int)0x80070020) : OperatingSystem.IsMacOS() ? 35 : 11);
}
